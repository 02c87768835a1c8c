// People signing in at the server's own pages, by @azure/msal-node and @azure/identity, and Graph called with what comes of it.

import assert from "node:assert/strict";

import { AuthorizationCodeCredential, DeviceCodeCredential } from "@azure/identity";
import { CryptoProvider } from "@azure/msal-node";

import {
  assertAlice,
  assertAlicesToken,
  clientId,
  clientSecret,
  confidentialClient,
  here,
  publicClient,
  publicClientId,
  scopes,
  tenantId,
  withCredential,
} from "./authority.mjs";
import { visit } from "./browser.mjs";
import { check, person, run } from "./checks.mjs";

const redirectUri = "http://localhost:53682/";

/// Signs Alice in by a code, as a web application does.
async function signedIn(client) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const asked = { scopes, redirectUri, state: "a state", nonce: "a nonce" };
  const page = await client.getAuthCodeUrl({ ...asked, codeChallenge: challenge, codeChallengeMethod: "S256" });
  const told = Object.fromEntries(await visit(page));
  return client.acquireTokenByCode({ ...asked, code: told.code, codeVerifier: verifier }, told);
}

check("msal-node: a code with PKCE", async () => {
  const result = await signedIn(publicClient());
  await assertAlicesToken(result);
  assert.equal(result.idTokenClaims.nonce, "a nonce");
  assert.equal(result.account.username, person("alice").userPrincipalName);
});

check("msal-node: a code with a secret", async () => {
  await assertAlicesToken(await signedIn(confidentialClient()));
});

check("msal-node: a browser that the library opens", async () => {
  const openBrowser = async (url) => {
    visit(url, { listens: true });
  };
  await assertAlicesToken(await publicClient().acquireTokenInteractive({ scopes, openBrowser }));
});

check("msal-node: silent renewal after signing in", async () => {
  const client = publicClient();
  const { account, accessToken } = await signedIn(client);
  const fresh = await client.acquireTokenSilent({ scopes, account, forceRefresh: true });
  assert.notEqual(fresh.accessToken, accessToken);
  await assertAlicesToken(fresh);
});

check("msal-node: a device code", async () => {
  const deviceCodeCallback = ({ verificationUri, userCode }) => {
    visit(`${verificationUri}?user_code=${userCode}`);
  };
  await assertAlicesToken(await publicClient().acquireTokenByDeviceCode({ scopes, deviceCodeCallback }));
});

check("@azure/identity: AuthorizationCodeCredential", async () => {
  const page = await confidentialClient().getAuthCodeUrl({ scopes, redirectUri });
  const code = (await visit(page)).get("code");
  await assertAlice(withCredential(new AuthorizationCodeCredential(tenantId, clientId, clientSecret, code, redirectUri, here)));
});

check("@azure/identity: DeviceCodeCredential", async () => {
  const userPromptCallback = ({ verificationUri, userCode }) => {
    visit(`${verificationUri}?user_code=${userCode}`);
  };
  const credential = new DeviceCodeCredential({ tenantId, clientId: publicClientId, userPromptCallback, ...here });
  await assertAlice(withCredential(credential));
});

await run();
