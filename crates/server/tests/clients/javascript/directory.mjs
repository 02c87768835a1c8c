// People, groups, sites and the organization, by @microsoft/microsoft-graph-client.

import assert from "node:assert/strict";

import { check, person, ready, refusal, run } from "./checks.mjs";
import { as, put, withToken } from "./graph.mjs";

// The directory asks for scopes of its own, which the demo's tokens don't have.
const alice = withToken(process.env.DIRECTORY_TOKEN);

check("me and others", async () => {
  const me = await alice.api("/me").get();
  assert.equal(me.id, person("alice").id);
  assert.equal(me.userPrincipalName, person("alice").userPrincipalName);
  const bob = await alice.api(`/users/${person("bob").userPrincipalName}`).select("id,displayName").get();
  assert.equal(bob.id, person("bob").id);
  assert.ok((await alice.api("/users").get()).value.some((user) => user.id === bob.id));
});

check("groups", async () => {
  assert.equal((await alice.api(`/groups/${ready.group.id}`).get()).id, ready.group.id);
  assert.ok((await alice.api("/groups").get()).value.some((group) => group.id === ready.group.id));
  assert.ok((await alice.api("/me/memberOf").get()).value.some((group) => group.id === ready.group.id));
});

check("sites", async () => {
  const site = await alice.api(`/sites/${ready.site.id}`).get();
  assert.ok(site.webUrl);
  const found = await alice.api("/sites").query({ search: site.displayName }).get();
  assert.ok(found.value.some((entry) => entry.id === site.id));
  const { value } = await alice.api(`/sites/${ready.site.id}/drives`).get();
  assert.ok(value.some((drive) => drive.id === ready.site.driveId));
});

check("the organization", async () => {
  const { value } = await alice.api("/organization").get();
  assert.equal(value[0].id, ready.tenant.id);
});

check("the sharing settings are read and changed by an administrator", async () => {
  const settings = as("admin").api("/admin/sharepoint/settings");
  assert.equal((await settings.get()).sharingCapability, "externalUserAndGuestSharing");
  const changed = await settings.patch({ sharingCapability: "externalUserSharingOnly" });
  assert.equal(changed.sharingCapability, "externalUserSharingOnly");
  const item = await put(as("alice"), "directory/anyone.txt", "not for anyone");
  const wish = { type: "view", scope: "anonymous" };
  const error = await refusal(as("alice").api(`/me/drive/items/${item.id}/createLink`).post(wish));
  assert.deepEqual([error.statusCode, error.code], [403, "notAllowed"]);
});

await run();
