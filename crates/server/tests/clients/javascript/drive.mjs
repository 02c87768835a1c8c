// Files and folders, by @microsoft/microsoft-graph-client.

import assert from "node:assert/strict";

import { PageIterator } from "@microsoft/microsoft-graph-client";

import { check, person, ready, refusal, run } from "./checks.mjs";
import { as, put, sent, text, until } from "./graph.mjs";

const alice = as("alice");
const library = `/sites/${ready.site.id}/drive`;

const folder = (name, parent = "/me/drive/root") => alice.api(`${parent}/children`).post({ name, folder: {} });

check("drives are found in every way", async () => {
  const { id, driveId } = person("alice");
  const mine = await alice.api("/me/drive").get();
  assert.equal(mine.id, driveId);
  assert.equal(mine.driveType, "business");
  assert.ok(Number.isInteger(mine.quota.total));
  assert.equal((await alice.api(`/drives/${driveId}`).get()).id, driveId);
  assert.equal((await alice.api(`/users/${id}/drive`).get()).id, driveId);
  assert.equal((await alice.api(`/groups/${ready.group.id}/drive`).get()).id, ready.group.driveId);
  assert.equal((await alice.api(library).get()).id, ready.site.driveId);
  const all = await alice.api("/me/drives").get();
  assert.ok(all.value.some((drive) => drive.id === driveId));
});

check("a root is found in every way", async () => {
  const root = await alice.api("/me/drive/root").get();
  assert.ok(root.root);
  assert.equal((await alice.api("/me/drive/items/root").get()).id, root.id);
  assert.equal((await alice.api(`/drives/${person("alice").driveId}/root`).get()).id, root.id);
});

check("a folder is made, and its name is taken", async () => {
  const made = await sent(alice.api("/me/drive/root/children"), "post", {
    name: "Plans",
    folder: {},
    "@microsoft.graph.conflictBehavior": "fail",
  });
  assert.equal(made.status, 201);
  assert.equal(made.body.folder.childCount, 0);
  assert.equal((await refusal(folder("plans"))).statusCode, 409);
  const other = await alice.api("/me/drive/root/children").post({
    name: "Plans",
    folder: {},
    "@microsoft.graph.conflictBehavior": "rename",
  });
  assert.notEqual(other.name, "Plans");
});

check("content is put, replaced and got", async () => {
  const item = await put(alice, "content/first.txt", "first");
  assert.equal(item.size, 5);
  assert.ok(item.file.hashes.quickXorHash);
  await alice.api(`/me/drive/items/${item.id}/content`).header("Content-Type", "text/plain").put("second");
  assert.equal(await text(await alice.api(`/me/drive/items/${item.id}/content`).getStream()), "second");
  assert.equal(await text(await alice.api("/me/drive/root:/content/first.txt:/content").getStream()), "second");
  const read = await alice.api(`/me/drive/items/${item.id}`).get();
  assert.equal(await (await fetch(read["@microsoft.graph.downloadUrl"])).text(), "second");
});

check("a file of odd names is put and found", async () => {
  for (const name of ["a b", "50% & more", "naïve", "1+1=2", "it's", "#1", "日本"]) {
    const path = `/me/drive/root:/odd/${encodeURIComponent(`${name}.txt`)}:`;
    const item = await alice.api(`${path}/content`).header("Content-Type", "text/plain").put(name);
    assert.equal(item.name, `${name}.txt`);
    assert.equal((await alice.api(path).get()).id, item.id);
  }
});

check("children come page by page, sorted and selected", async () => {
  const names = Array.from({ length: 23 }, (_, index) => `${String(index).padStart(2, "0")}.txt`);
  for (const name of names) await put(alice, `pages/${name}`, name);
  const first = await alice.api("/me/drive/root:/pages:/children").top(5).select("id,name").orderby("name desc").get();
  assert.equal(first.value.length, 5);
  const seen = [];
  const pages = new PageIterator(alice, first, (item) => seen.push(item));
  await pages.iterate();
  assert.ok(pages.isComplete());
  assert.deepEqual(seen.map((item) => item.name), names.toReversed());
  assert.ok(seen.every((item) => item.size === undefined));
});

check("children are expanded", async () => {
  const { children } = await alice.api("/me/drive/root:/pages").expand("children($select=id,name;$top=3)").get();
  assert.equal(children.length, 3);
  assert.ok(children.every((child) => child.name && child.size === undefined));
});

check("an item is renamed and moved", async () => {
  const item = await put(alice, "moves/before.txt", "moved");
  const target = await folder("Moved");
  const url = `/me/drive/items/${item.id}`;
  assert.equal((await alice.api(url).patch({ name: "after.txt" })).name, "after.txt");
  assert.equal((await alice.api(url).patch({ name: "After.txt" })).name, "After.txt");
  const moved = await alice.api(url).patch({ parentReference: { id: target.id } });
  assert.equal(moved.parentReference.id, target.id);
  const times = { lastModifiedDateTime: "2017-01-01T00:00:00Z" };
  const dated = await alice.api(url).patch({ description: "an old one", fileSystemInfo: times });
  assert.equal(Date.parse(dated.fileSystemInfo.lastModifiedDateTime), Date.parse(times.lastModifiedDateTime));
  assert.equal(dated.description, "an old one");
});

check("a copy is watched until it is there", async () => {
  const item = await put(alice, "copies/original.txt", "copied");
  const target = await folder("Copied");
  const copy = await sent(alice.api(`/me/drive/items/${item.id}/copy`), "post", {
    name: "copy.txt",
    parentReference: { driveId: person("alice").driveId, id: target.id },
  });
  assert.equal(copy.status, 202);
  const monitor = copy.headers.get("Location");
  const done = await until("the copy", async () => {
    const state = await (await fetch(monitor)).json();
    assert.notEqual(state.status, "failed");
    return state.status === "completed" && state;
  });
  assert.equal((await alice.api(`/me/drive/items/${done.resourceId}`).get()).name, "copy.txt");
});

check("versions are listed, read and restored", async () => {
  const item = await put(alice, "versions/text.txt", "one");
  await put(alice, "versions/text.txt", "two");
  const url = `/me/drive/items/${item.id}`;
  const { value } = await alice.api(`${url}/versions`).get();
  assert.equal(value.length, 2);
  const old = value[1].id;
  assert.equal(await text(await alice.api(`${url}/versions/${old}/content`).getStream()), "one");
  assert.equal((await sent(alice.api(`${url}/versions/${old}/restoreVersion`), "post", {})).status, 204);
  assert.equal(await text(await alice.api(`${url}/content`).getStream()), "one");
});

check("a file is checked out and in", async () => {
  const item = await put(alice, "checked.txt", "before", library);
  const url = `${library}/items/${item.id}`;
  assert.equal((await sent(alice.api(`${url}/checkout`), "post", {})).status, 204);
  const drive = as("bob").api(`${url}/content`).header("Content-Type", "text/plain");
  assert.equal((await refusal(drive.put("meanwhile"))).statusCode, 423);
  await alice.api(`${url}/content`).header("Content-Type", "text/plain").put("after");
  assert.equal((await sent(alice.api(`${url}/checkin`), "post", { comment: "done" })).status, 204);
  assert.equal(await text(await as("bob").api(`${url}/content`).getStream()), "after");
});

check("what is deleted is restored", async () => {
  const item = await put(alice, "bin/rubbish.txt", "not quite");
  const url = `/me/drive/items/${item.id}`;
  assert.equal((await sent(alice.api(url), "delete")).status, 204);
  assert.equal((await refusal(alice.api(url).get())).code, "itemNotFound");
  assert.equal((await alice.api(`${url}/restore`).post({ name: "kept.txt" })).name, "kept.txt");
});

check("what is deleted for good is gone", async () => {
  const item = await put(alice, "bin/secret.txt", "away");
  const url = `/me/drive/items/${item.id}`;
  assert.equal((await sent(alice.api(`${url}/permanentDelete`), "post", {})).status, 204);
  assert.equal((await refusal(alice.api(`${url}/restore`).post({}))).statusCode, 404);
});

check("special folders are there", async () => {
  for (const name of ["documents", "photos", "approot"]) {
    assert.equal((await alice.api(`/me/drive/special/${name}`).get()).specialFolder.name, name);
  }
  const made = alice.api("/me/drive/special/approot:/settings.json:/content");
  assert.equal((await made.header("Content-Type", "application/json").put({ dark: true })).name, "settings.json");
});

await run();
