// Subscriptions to changes, by @microsoft/microsoft-graph-client, with a listener of our own.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";

import { check, refusal, run } from "./checks.mjs";
import { as, put, sent, until } from "./graph.mjs";

const alice = as("alice");
const told = [];
const inAnHour = () => new Date(Date.now() + 3600 * 1000).toISOString();

// Answers the question whether it wants to be told, and keeps what it is told.
const listener = createServer((request, response) => {
  const token = new URL(request.url, "http://localhost").searchParams.get("validationToken");
  if (token !== null) {
    response.setHeader("Content-Type", "text/plain").end(token);
    return;
  }
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    told.push(...JSON.parse(body).value);
    response.writeHead(202).end();
  });
});
listener.listen(0, "127.0.0.1");
await once(listener, "listening");
const notificationUrl = `http://127.0.0.1:${listener.address().port}/changes`;

const wish = () => ({
  changeType: "updated",
  notificationUrl,
  resource: "/me/drive/root",
  expirationDateTime: inAnHour(),
  clientState: "our secret",
});

check("a subscription is made, read, renewed and ended", async () => {
  const made = await alice.api("/subscriptions").post(wish());
  assert.equal(made.notificationUrl, notificationUrl);
  const url = `/subscriptions/${made.id}`;
  assert.equal((await alice.api(url).get()).id, made.id);
  assert.ok((await alice.api("/subscriptions").get()).value.some((found) => found.id === made.id));
  const later = new Date(Date.now() + 2 * 3600 * 1000).toISOString();
  assert.equal(Date.parse((await alice.api(url).patch({ expirationDateTime: later })).expirationDateTime), Date.parse(later));
  assert.equal((await sent(alice.api(url), "delete")).status, 204);
  assert.equal((await refusal(alice.api(url).get())).statusCode, 404);
});

check("a change is told", async () => {
  const { id } = await alice.api("/subscriptions").post(wish());
  await put(alice, "notices/changed.txt", "changed");
  const notice = await until("the notice", async () => told.find((found) => found.subscriptionId === id));
  assert.equal(notice.clientState, "our secret");
  assert.equal(notice.changeType, "updated");
  await alice.api(`/subscriptions/${id}`).delete();
});

await run();
