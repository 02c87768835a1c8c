// The applications of @azure/msal-node and the credentials of @azure/identity, pointed at the demo as docs/clients.md shows.

import assert from "node:assert/strict";

import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import { Client } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";

import { person, ready } from "./checks.mjs";
import { withToken } from "./graph.mjs";

const { host, hostname } = new URL(ready.baseUrl);

export const tenantId = ready.tenant.id;
export const [{ clientId, clientSecret }] = ready.applications;
export const publicClientId = process.env.PUBLIC_CLIENT_ID;
export const scopes = ["Files.ReadWrite.All", "User.Read"];
export const hostDefault = `https://${hostname}/.default`;

export const auth = { authority: `${ready.baseUrl}/${tenantId}`, knownAuthorities: [host] };

export const publicClient = () => new PublicClientApplication({ auth: { ...auth, clientId: publicClientId } });

export const confidentialClient = (secret = clientSecret) =>
  new ConfidentialClientApplication({ auth: { ...auth, clientId, clientSecret: secret } });

/// What the credentials of @azure/identity are given besides.
export const here = { authorityHost: ready.baseUrl, disableInstanceDiscovery: true };

/// A client that gets its tokens from a credential.
export const withCredential = (credential) =>
  Client.initWithMiddleware({
    baseUrl: `${ready.baseUrl}/`,
    defaultVersion: "v1.0",
    customHosts: new Set([hostname]),
    authProvider: new TokenCredentialAuthenticationProvider(credential, { scopes: [hostDefault] }),
  });

/// Sees to it that a client acts for Alice.
export async function assertAlice(client) {
  assert.equal((await client.api("/me/drive").get()).id, person("alice").driveId);
}

/// Sees to it that a token of @azure/msal-node is Alice's.
export const assertAlicesToken = ({ accessToken }) => assertAlice(withToken(accessToken));
