// What goes wrong, as GraphError of @microsoft/microsoft-graph-client shows it.

import assert from "node:assert/strict";

import { check, person, ready, refusal, run } from "./checks.mjs";
import { as, put, withToken } from "./graph.mjs";

const alice = as("alice");

/// Everything that the client reads of an error is there.
async function assertRefused(promise, statusCode, code) {
  const error = await refusal(promise);
  assert.equal(error.statusCode, statusCode);
  assert.equal(error.code, code);
  assert.match(error.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(Math.abs(Date.now() - error.date.getTime()) < 24 * 3600 * 1000, `${error.date}`);
  assert.ok(error.message.length > 0);
  return error;
}

check("400: what a body says wrong is named", async () => {
  const item = await put(alice, "errors/bad.txt", "bad");
  const wrong = alice.api(`/me/drive/items/${item.id}/createLink`).post({ type: "peek" });
  const error = await assertRefused(wrong, 400, "invalidRequest");
  assert.equal(JSON.parse(error.body).target, "type");
});

check("401: a token that is none", async () => {
  await assertRefused(withToken("not-a-token").api("/me/drive").get(), 401, "InvalidAuthenticationToken");
});

check("403: readers don't share", async () => {
  const item = await put(alice, "errors/read.txt", "to read");
  const recipients = [{ email: person("bob").userPrincipalName }];
  const grant = { recipients, roles: ["read"], requireSignIn: true, sendInvitation: false };
  await alice.api(`/me/drive/items/${item.id}/invite`).post(grant);
  const wish = { type: "edit", scope: "anonymous" };
  const theirs = as("bob").api(`/drives/${person("alice").driveId}/items/${item.id}/createLink`);
  await assertRefused(theirs.post(wish), 403, "accessDenied");
});

check("404: what isn't there", async () => {
  await assertRefused(alice.api("/me/drive/root:/errors/nowhere.txt").get(), 404, "itemNotFound");
});

check("409: a name that is taken", async () => {
  await put(alice, "errors/taken.txt", "taken");
  const item = await put(alice, "errors/other.txt", "other");
  await assertRefused(alice.api(`/me/drive/items/${item.id}`).patch({ name: "taken.txt" }), 409, "nameAlreadyExists");
});

check("412: a tag that has passed", async () => {
  const item = await put(alice, "errors/tag.txt", "one");
  await put(alice, "errors/tag.txt", "two");
  const late = alice.api(`/me/drive/items/${item.id}`).header("If-Match", item.eTag);
  const error = await refusal(late.patch({ name: "late.txt" }));
  assert.equal(error.statusCode, 412);
  assert.match(error.requestId, /^[0-9a-f-]{36}$/);
});

check("429: the client waits as long as it is told, and tries again", async () => {
  const throttle = await fetch(`${ready.baseUrl}/driveway/v1/throttle`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${person("admin").accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ nextRequests: 2, retryAfterSeconds: 1 }),
  });
  assert.equal(throttle.status, 200);
  const begun = Date.now();
  assert.equal((await alice.api("/me/drive").get()).id, person("alice").driveId);
  assert.ok(Date.now() - begun >= 2000, "it was told twice to wait for a second");
});

await run();
