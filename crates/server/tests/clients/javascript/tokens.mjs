// Tokens without a browser, by @azure/msal-node and @azure/identity, and Graph called with them.

import assert from "node:assert/strict";

import { ClientSecretCredential, UsernamePasswordCredential } from "@azure/identity";
import { ConfidentialClientApplication } from "@azure/msal-node";

import {
  assertAlice,
  assertAlicesToken,
  auth,
  clientId,
  clientSecret,
  confidentialClient,
  here,
  hostDefault,
  publicClient,
  publicClientId,
  scopes,
  tenantId,
  withCredential,
} from "./authority.mjs";
import { check, person, refusal, run } from "./checks.mjs";
import { withToken } from "./graph.mjs";

const bobs = person("bob").driveId;

async function assertReachesBobs(client) {
  assert.equal((await client.api(`/drives/${bobs}`).get()).id, bobs);
}

check("msal-node: client credentials, for Graph's .default and for the host's", async () => {
  for (const scope of ["https://graph.microsoft.com/.default", hostDefault]) {
    const client = confidentialClient();
    const { accessToken } = await client.acquireTokenByClientCredential({ scopes: [scope] });
    await assertReachesBobs(withToken(accessToken));
    assert.ok((await client.acquireTokenByClientCredential({ scopes: [scope] })).fromCache);
  }
});

check("msal-node: client credentials with a wrong secret", async () => {
  const error = await refusal(confidentialClient("wrong").acquireTokenByClientCredential({ scopes: [hostDefault] }));
  assert.equal(error.errorCode, "invalid_client");
});

check("msal-node: an authority given as OpenID Connect's", async () => {
  const oidc = { ...auth, clientId, clientSecret, authority: `${auth.authority}/v2.0` };
  const client = new ConfidentialClientApplication({ auth: oidc, system: { protocolMode: "OIDC" } });
  const { accessToken } = await client.acquireTokenByClientCredential({ scopes: [hostDefault] });
  await assertReachesBobs(withToken(accessToken));
});

function withPassword(client, password = person("alice").password) {
  return client.acquireTokenByUsernamePassword({ scopes, username: person("alice").userPrincipalName, password });
}

check("msal-node: name and password", async () => {
  await assertAlicesToken(await withPassword(publicClient()));
  assert.equal((await refusal(withPassword(publicClient(), "wrong"))).errorCode, "invalid_grant");
});

check("msal-node: silent renewal, from the cache and with the refresh token", async () => {
  const client = publicClient();
  const { account, accessToken } = await withPassword(client);
  assert.equal(account.username, person("alice").userPrincipalName);
  assert.equal(account.tenantId, tenantId);
  assert.ok((await client.acquireTokenSilent({ scopes, account })).fromCache);
  const fresh = await client.acquireTokenSilent({ scopes, account, forceRefresh: true });
  assert.notEqual(fresh.accessToken, accessToken);
  await assertAlicesToken(fresh);
});

check("msal-node: silent renewal by another application object with the same cache", async () => {
  const [first, second] = [publicClient(), publicClient()];
  const { account } = await withPassword(first);
  second.getTokenCache().deserialize(first.getTokenCache().serialize());
  const found = await second.getTokenCache().getAccountByHomeId(account.homeAccountId);
  await assertAlicesToken(await second.acquireTokenSilent({ scopes, account: found, forceRefresh: true }));
});

check("@azure/identity: ClientSecretCredential", async () => {
  await assertReachesBobs(withCredential(new ClientSecretCredential(tenantId, clientId, clientSecret, here)));
  const wrong = new ClientSecretCredential(tenantId, clientId, "wrong", here);
  assert.match((await refusal(wrong.getToken(hostDefault))).message, /invalid_client/);
});

check("@azure/identity: UsernamePasswordCredential", async () => {
  const { userPrincipalName, password } = person("alice");
  const credential = new UsernamePasswordCredential(tenantId, publicClientId, userPrincipalName, password, here);
  await assertAlice(withCredential(credential));
});

await run();
