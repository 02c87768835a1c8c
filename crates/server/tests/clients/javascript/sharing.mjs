// createLink and its kin, by @microsoft/microsoft-graph-client.

import assert from "node:assert/strict";

import { check, person, ready, refusal, run } from "./checks.mjs";
import { as, encoded, put, sent, text } from "./graph.mjs";

const alice = as("alice");
const bob = as("bob");
const pat = as("personal");
const tomorrow = () => new Date(Date.now() + 24 * 3600 * 1000).toISOString();

/// createLink on a new file, so that the link can't be there yet.
async function linked(client, name, body, drive) {
  const item = await put(client, `links/${name}.txt`, name, drive);
  const answer = await sent(client.api(`${drive ?? "/me/drive"}/items/${item.id}/createLink`), "post", body);
  return { item, ...answer };
}

for (const scope of ["anonymous", "organization", "users"]) {
  for (const type of ["view", "edit"]) {
    check(`createLink makes a link to ${type} for ${scope}`, async () => {
      const people = scope === "users" ? { recipients: [{ email: person("bob").userPrincipalName }] } : {};
      const { status, body } = await linked(alice, `${scope}-${type}`, { type, scope, ...people });
      assert.equal(status, 201);
      assert.equal(body.link.type, type);
      assert.equal(body.link.scope, scope);
      assert.deepEqual(body.roles, [type === "view" ? "read" : "write"]);
      assert.match(body.link.webUrl, /^https?:\/\//);
      assert.equal(body.hasPassword, false);
    });
  }
}

check("createLink makes a link to embed on a personal drive", async () => {
  const { status, body } = await linked(pat, "embed", { type: "embed" });
  assert.equal(status, 201);
  assert.equal(body.link.type, "embed");
  assert.match(body.link.webHtml, /^<iframe /);
});

for (const type of ["review", "blocksDownload"]) {
  check(`createLink makes a link of the beta type ${type}`, async () => {
    const item = await put(alice, `links/beta-${type}.txt`, type);
    const link = await as("alice", "beta").api(`/me/drive/items/${item.id}/createLink`).post({ type, scope: "organization" });
    assert.equal(link.link.type, type);
  });
}

check("createLink makes a link of the beta type createOnly on a folder", async () => {
  const folder = await alice.api("/me/drive/root/children").post({ name: "In here", folder: {} });
  const link = await as("alice", "beta").api(`/me/drive/items/${folder.id}/createLink`).post({ type: "createOnly" });
  assert.equal(link.link.type, "createOnly");
});

check("createLink answers 201 and then 200 with the same link", async () => {
  const body = { type: "view", scope: "anonymous" };
  const first = await linked(alice, "again", body);
  const second = await sent(alice.api(`/me/drive/items/${first.item.id}/createLink`), "post", body);
  assert.equal(first.status, 201);
  assert.equal(second.status, 200);
  assert.equal(second.body.id, first.body.id);
  assert.equal(second.body.link.webUrl, first.body.link.webUrl);
});

check("createLink fills in what is missing", async () => {
  assert.equal((await linked(alice, "empty", {})).body.link.type, "view");
  assert.equal((await linked(alice, "type", { type: "edit" })).body.link.type, "edit");
  assert.equal((await linked(alice, "scope", { scope: "organization" })).body.link.scope, "organization");
});

check("createLink takes a password and an expiry on a personal drive", async () => {
  const expirationDateTime = tomorrow();
  const wish = { type: "view", scope: "anonymous", password: "Wallflower 7", expirationDateTime };
  const { status, body } = await linked(pat, "protected", wish);
  assert.equal(status, 201);
  assert.equal(body.hasPassword, true);
  assert.equal(Math.floor(Date.parse(body.expirationDateTime) / 1000), Math.floor(Date.parse(expirationDateTime) / 1000));
});

check("createLink takes the parameters that other SDKs always send", async () => {
  const wish = { type: "view", scope: "anonymous", retainInheritedPermissions: false, sendNotification: false };
  assert.equal((await linked(alice, "kiota", wish)).status, 201);
});

check("createLink takes every kind of address", async () => {
  const mine = await put(alice, "links/addresses.txt", "mine");
  const { group, site } = ready;
  const theirs = await put(alice, "addresses.txt", "group", `/groups/${group.id}/drive`);
  const ours = await put(alice, "addresses.txt", "site", `/sites/${site.id}/drive`);
  const me = person("alice");
  const addresses = [
    [mine, `/me/drive/items/${mine.id}`],
    [mine, "/me/drive/root:/links/addresses.txt:"],
    [mine, "/me/drive/items/root:/links/addresses.txt:"],
    [mine, `/users/${me.id}/drive/items/${mine.id}`],
    [mine, `/users/${me.userPrincipalName}/drive/items/${mine.id}`],
    [mine, `/drives/${me.driveId}/items/${mine.id}`],
    [mine, `/drives/${me.driveId}/root:/links/addresses.txt:`],
    [theirs, `/groups/${group.id}/drive/items/${theirs.id}`],
    [theirs, `/groups/${group.id}/drive/root:/addresses.txt:`],
    [ours, `/sites/${site.id}/drive/items/${ours.id}`],
    [ours, `/sites/${site.id}/drive/root:/addresses.txt:`],
  ];
  const made = new Map();
  for (const [item, address] of addresses) {
    const { status, body } = await sent(alice.api(`${address}/createLink`), "post", { type: "view", scope: "organization" });
    assert.equal(status, made.has(item.id) ? 200 : 201, address);
    assert.equal(body.id, made.get(item.id) ?? body.id, address);
    made.set(item.id, body.id);
  }
});

check("permissions are listed, read, changed and deleted", async () => {
  const { item, body: link } = await linked(alice, "permissions", { type: "view", scope: "anonymous" });
  const base = `/me/drive/items/${item.id}/permissions`;
  const listed = await alice.api(base).get();
  assert.ok(listed.value.some((permission) => permission.id === link.id));
  assert.equal((await alice.api(`${base}/${link.id}`).get()).link.webUrl, link.link.webUrl);
  const expirationDateTime = tomorrow();
  const changed = await alice.api(`${base}/${link.id}`).patch({ expirationDateTime });
  assert.equal(Math.floor(Date.parse(changed.expirationDateTime) / 1000), Math.floor(Date.parse(expirationDateTime) / 1000));
  assert.equal((await sent(alice.api(`${base}/${link.id}`), "delete")).status, 204);
  assert.equal((await refusal(alice.api(`${base}/${link.id}`).get())).statusCode, 404);
  assert.equal((await fetch(link.link.webUrl)).status, 404);
});

check("people are invited, and their role changed", async () => {
  const item = await put(alice, "links/invited.txt", "for Bob");
  const answer = await alice.api(`/me/drive/items/${item.id}/invite`).post({
    recipients: [{ email: person("bob").userPrincipalName }],
    roles: ["read"],
    requireSignIn: true,
    sendInvitation: false,
  });
  assert.equal(answer.value.length, 1);
  const [granted] = answer.value;
  assert.equal(granted.grantedToV2.user.id, person("bob").id);
  const url = `/drives/${person("alice").driveId}/items/${item.id}`;
  assert.equal(await text(await bob.api(`${url}/content`).getStream()), "for Bob");
  const changed = await alice.api(`/me/drive/items/${item.id}/permissions/${granted.id}`).patch({ roles: ["write"] });
  assert.deepEqual(changed.roles, ["write"]);
  await bob.api(`${url}/content`).header("Content-Type", "text/plain").put("by Bob");
});

check("people join a link by grant and leave it by revokeGrants", async () => {
  const recipients = [{ email: person("admin").userPrincipalName }];
  const { item, body: link } = await linked(alice, "granted", { type: "view", scope: "users", recipients });
  const bobs = [{ email: person("bob").userPrincipalName }];
  const grant = await alice.api(`/shares/${encoded(link.link.webUrl)}/permission/grant`).post({ roles: ["read"], recipients: bobs });
  assert.equal(grant.value[0].grantedToIdentitiesV2.length, 2);
  assert.equal((await bob.api(`/shares/${encoded(link.link.webUrl)}/driveItem`).get()).id, item.id);
  const left = await as("alice", "beta")
    .api(`/me/drive/items/${item.id}/permissions/${link.id}/revokeGrants`)
    .post({ grantees: bobs });
  assert.equal(left.grantedToIdentitiesV2.length, 1);
  assert.equal((await refusal(bob.api(`/shares/${encoded(link.link.webUrl)}/driveItem`).get())).statusCode, 403);
});

check("a share is found by its id and by its encoded address", async () => {
  const { item, body: link } = await linked(alice, "shared", { type: "view", scope: "anonymous" });
  for (const key of [link.shareId, encoded(link.link.webUrl)]) {
    assert.equal((await bob.api(`/shares/${key}`).get()).name, "shared.txt");
    assert.equal((await bob.api(`/shares/${key}/driveItem`).get()).id, item.id);
    assert.equal((await bob.api(`/shares/${key}/root`).get()).id, item.id);
    assert.equal((await bob.api(`/shares/${key}/permission`).get()).link.type, "view");
    assert.equal(await text(await bob.api(`/shares/${key}/driveItem/content`).getStream()), "shared");
  }
});

check("a shared folder lists its children", async () => {
  await put(alice, "Album/one.txt", "1");
  await put(alice, "Album/two.txt", "2");
  const link = await alice.api("/me/drive/root:/Album:/createLink").post({ type: "view", scope: "anonymous" });
  const key = encoded(link.link.webUrl);
  const expanded = await bob.api(`/shares/${key}/driveItem`).expand("children").get();
  assert.equal(expanded.children.length, 2);
  assert.equal((await bob.api(`/shares/${key}/driveItem/children`).get()).value.length, 2);
});

check("a redeemed link is a right of one's own", async () => {
  const { item, body: link } = await linked(alice, "redeemed", { type: "view", scope: "organization" });
  const url = `/drives/${person("alice").driveId}/items/${item.id}`;
  assert.equal((await refusal(bob.api(url).get())).statusCode, 404);
  await bob.api(`/shares/${encoded(link.link.webUrl)}/driveItem`).header("Prefer", "redeemSharingLink").get();
  assert.equal((await bob.api(url).get()).id, item.id);
});

check("what is behind a link for people is shared with them", async () => {
  const recipients = [{ email: person("bob").userPrincipalName }];
  const { item } = await linked(alice, "with-me", { type: "view", scope: "users", recipients });
  const shared = await bob.api("/me/drive/sharedWithMe").get();
  const found = shared.value.find((entry) => entry.remoteItem.id === item.id);
  assert.equal(found.remoteItem.parentReference.driveId, person("alice").driveId);
  assert.equal(found.remoteItem.shared.owner.user.id, person("alice").id);
});

check("redeeming if necessary leaves nothing behind", async () => {
  const { item, body: link } = await linked(alice, "glanced", { type: "view", scope: "organization" });
  const share = `/shares/${encoded(link.link.webUrl)}/driveItem`;
  assert.equal((await bob.api(share).header("Prefer", "redeemSharingLinkIfNecessary").get()).id, item.id);
  assert.equal((await refusal(bob.api(`/drives/${person("alice").driveId}/items/${item.id}`).get())).statusCode, 404);
});

check("an edit link is written through by its share", async () => {
  const { item, body: link } = await linked(alice, "written", { type: "edit", scope: "anonymous" });
  const share = `/shares/${encoded(link.link.webUrl)}/driveItem`;
  await bob.api(`${share}/content`).header("Content-Type", "text/plain").put("through the link");
  assert.equal(await text(await alice.api(`/me/drive/items/${item.id}/content`).getStream()), "through the link");
});

await run();
