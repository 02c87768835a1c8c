// The Graph client as an application makes it, pointed at the demo.

import { Client, ResponseType } from "@microsoft/microsoft-graph-client";

import { person, ready } from "./checks.mjs";

const host = new URL(ready.baseUrl).hostname;

/// A client that acts with an access token. These are the lines that docs/clients.md shows.
export function withToken(accessToken, version = "v1.0") {
  return Client.initWithMiddleware({
    baseUrl: `${ready.baseUrl}/`,
    defaultVersion: version,
    customHosts: new Set([host]),
    authProvider: { getAccessToken: async () => accessToken },
  });
}

/// A client of a person of the demo: a kind or a name.
export const as = (kind, version) => withToken(person(kind).accessToken, version);

/// Sends a request and returns its status with its body.
export async function sent(request, method, body) {
  const response = await request.responseType(ResponseType.RAW)[method](body);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

/// Puts a text file at a path of a drive and returns the item.
export const put = (client, path, text, drive = "/me/drive") =>
  client.api(`${drive}/root:/${path}:/content`).header("Content-Type", "text/plain").put(text);

/// The bytes of a stream or a response, as text.
export const text = async (content) => new Response(content).text();

/// `u!` and the address of a link, as the shares endpoint takes it.
export const encoded = (webUrl) => `u!${Buffer.from(webUrl).toString("base64url")}`;

/// Looks again and again until something is there.
export async function until(what, look, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
