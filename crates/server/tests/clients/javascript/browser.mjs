// A browser as far as signing in takes one: it reads forms, fills them in, sends them and follows redirects.

import assert from "node:assert/strict";

import { person, ready } from "./checks.mjs";

const unescape = (text) =>
  text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&#x27;", "'").replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">").replaceAll("&#38;", "&").replaceAll("&amp;", "&");

const attributes = (tag) =>
  Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescape(value)]));

/// The first form of a page: its address and its fields.
function form(page) {
  const found = /<form([^>]*)>(.*?)<\/form>/s.exec(page);
  if (!found) return undefined;
  const fields = [...found[2].matchAll(/<(input|button)\b([^>]*)>/g)].map(([, tag, rest]) => ({ type: tag, ...attributes(rest) }));
  return { action: attributes(found[1]).action ?? "", fields: fields.filter((field) => field.name) };
}

function filled(fields, who) {
  const data = new URLSearchParams();
  let hasPressed = false;
  for (const { name, type, value = "" } of fields) {
    if (type === "submit" || type === "button") {
      if (hasPressed) continue;
      hasPressed = true;
    }
    if (type === "password") data.append(name, who.password);
    else if (["text", "email"].includes(type) && value === "") data.append(name, who.userPrincipalName);
    else data.append(name, value);
  }
  return data;
}

/// Alice at a browser: signs her in from an address on. Ends with what the application is told at its own address, which is
/// sent there if the application listens; or with undefined after the last page.
export async function visit(address, { listens = false } = {}) {
  const cookies = new Map();
  const send = async (url, init = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    return answer;
  };
  let [url, init] = [address, {}];
  for (let step = 0; step < 12; step += 1) {
    if (!url.startsWith(ready.baseUrl)) {
      if (listens) await fetch(url, init);
      return init.body ?? new URL(url).searchParams;
    }
    const answer = await send(url, init);
    const location = answer.headers.get("Location");
    if (location) {
      [url, init] = [new URL(location, url).href, {}];
      continue;
    }
    assert.ok(answer.status < 500, `${answer.status} at ${url}`);
    const found = form(await answer.text());
    if (!found) return undefined;
    [url, init] = [new URL(found.action, url).href, { method: "POST", body: filled(found.fields, person("alice")) }];
  }
  assert.fail(`signing in leads nowhere: ${url}`);
}
