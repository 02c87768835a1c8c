// Named checks, one after another. The test that runs a program looks for each name in what is printed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/// What the demo's ready file says of it.
export const ready = JSON.parse(readFileSync(process.env.DRIVEWAY_READY_FILE, "utf8"));

/// The first person of a kind: business, personal or admin; or the one of a name.
export function person(kind) {
  const found = ready.users.find((user) => user.kind === kind || user.userPrincipalName.startsWith(`${kind}@`));
  assert.ok(found, `the demo has no ${kind}`);
  return found;
}

const checks = [];

export function check(name, body) {
  checks.push({ name, body });
}

/// Runs all checks, also after one has failed, and ends the program.
export async function run() {
  let failed = 0;
  for (const { name, body } of checks) {
    try {
      await body();
      console.log(`passed: ${name}`);
    } catch (error) {
      failed += 1;
      const more = error.statusCode === undefined ? "" : ` (${error.statusCode} ${error.code}: ${error.body})`;
      console.log(`FAILED: ${name}${more}\n${error.stack}`);
    }
  }
  process.exit(failed === 0 ? 0 : 1);
}

/// What a promise has to be rejected with.
export async function refusal(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  assert.fail(`it was not refused: ${JSON.stringify(value)}`);
}
