// Batches, by BatchRequestContent of @microsoft/microsoft-graph-client.

import assert from "node:assert/strict";

import { BatchRequestContent, BatchResponseContent } from "@microsoft/microsoft-graph-client";

import { check, person, ready, run } from "./checks.mjs";
import { as, put } from "./graph.mjs";

// The client reads a binary body with the browser's FileReader, which Node.js hasn't, and sends none without it.
globalThis.FileReader ??= class extends EventTarget {
  async readAsDataURL(blob) {
    this.result = `data:${blob.type};base64,${Buffer.from(await blob.arrayBuffer()).toString("base64")}`;
    this.dispatchEvent(new Event("load"));
  }
};

const alice = as("alice");
// An address as the client wants it: it cuts off the host, and a batch has the version in its own address.
const url = (path) => `${ready.baseUrl}${path}`;
const json = { "Content-Type": "application/json" };

async function sendBatch(steps) {
  const content = await new BatchRequestContent(steps).getContent();
  return new BatchResponseContent(await alice.api("/$batch").post(content));
}

check("requests that are independent are answered each", async () => {
  const batch = await sendBatch([
    { id: "drive", request: new Request(url("/me/drive")) },
    { id: "missing", request: new Request(url("/me/drive/items/01NOTTHERE")) },
    { id: "children", request: new Request(url("/me/drive/root/children?$top=1&$select=name")) },
  ]);
  assert.equal((await batch.getResponseById("drive").json()).id, person("alice").driveId);
  const missing = batch.getResponseById("missing");
  assert.equal(missing.status, 404);
  assert.equal((await missing.json()).error.code, "itemNotFound");
  assert.equal((await batch.getResponseById("children").json()).value.length, 1);
});

check("twenty links are made in one batch", async () => {
  const steps = [];
  for (let index = 0; index < 20; index += 1) {
    const item = await put(alice, `batch/${index}.txt`, "shared");
    const body = JSON.stringify({ type: "view", scope: "anonymous" });
    const request = new Request(url(`/me/drive/items/${item.id}/createLink`), { method: "POST", headers: json, body });
    steps.push({ id: `${index}`, request });
  }
  const batch = await sendBatch(steps);
  const answers = [...batch.getResponses().values()];
  assert.equal(answers.length, 20);
  const links = await Promise.all(answers.map(async (answer) => (await answer.json()).link.webUrl));
  assert.ok(answers.every((answer) => answer.status === 201));
  assert.equal(new Set(links).size, 20);
});

check("requests that depend on others wait for them", async () => {
  const body = JSON.stringify({ name: "In a batch", folder: {} });
  const rename = JSON.stringify({ name: "Renamed in a batch" });
  const batch = await sendBatch([
    { id: "1", request: new Request(url("/me/drive/root/children"), { method: "POST", headers: json, body }) },
    {
      id: "2",
      dependsOn: ["1"],
      request: new Request(url("/me/drive/root:/In%20a%20batch:"), { method: "PATCH", headers: json, body: rename }),
    },
    { id: "3", dependsOn: ["2"], request: new Request(url("/me/drive/root:/Renamed%20in%20a%20batch")) },
  ]);
  assert.deepEqual(["1", "2", "3"].map((id) => batch.getResponseById(id).status), [201, 200, 200]);
});

check("what depends on a failure fails", async () => {
  const batch = await sendBatch([
    { id: "1", request: new Request(url("/me/drive/items/01NOTTHERE")) },
    { id: "2", dependsOn: ["1"], request: new Request(url("/me/drive")) },
  ]);
  assert.deepEqual(["1", "2"].map((id) => batch.getResponseById(id).status), [404, 424]);
});

check("a binary body is put", async () => {
  const body = new Uint8Array([0, 255, 1, 254, 10, 13]);
  const headers = { "Content-Type": "application/octet-stream" };
  const request = new Request(url("/me/drive/root:/batch/binary.bin:/content"), { method: "PUT", headers, body });
  const batch = await sendBatch([{ id: "1", request }]);
  assert.equal(batch.getResponseById("1").status, 201);
  const content = new Response(await alice.api("/me/drive/root:/batch/binary.bin:/content").getStream());
  assert.deepEqual(new Uint8Array(await content.arrayBuffer()), body);
});

check("content is answered by where it is", async () => {
  await put(alice, "batch/elsewhere.txt", "elsewhere");
  const batch = await sendBatch([{ id: "1", request: new Request(url("/me/drive/root:/batch/elsewhere.txt:/content")) }]);
  const answer = batch.getResponseById("1");
  assert.equal(answer.status, 302);
  assert.equal(await (await fetch(answer.headers.get("Location"))).text(), "elsewhere");
});

await run();
