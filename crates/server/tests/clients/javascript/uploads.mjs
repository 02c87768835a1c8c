// Upload sessions, by LargeFileUploadTask and OneDriveLargeFileUploadTask of @microsoft/microsoft-graph-client.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream, writeFileSync } from "node:fs";

import {
  FileUpload,
  LargeFileUploadTask,
  OneDriveLargeFileUploadTask,
  StreamUpload,
} from "@microsoft/microsoft-graph-client";

import { check, refusal, run } from "./checks.mjs";
import { as, put } from "./graph.mjs";

const alice = as("alice");
const FRAGMENT = 320 * 1024;
const sum = (bytes) => createHash("sha256").update(bytes).digest("hex");

/// Bytes that repeat at no length of a fragment.
const bytes = (length) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255);

async function assertContent(item, expected) {
  const content = new Response(await alice.api(`/me/drive/items/${item.id}/content`).getStream());
  assert.equal(sum(new Uint8Array(await content.arrayBuffer())), sum(expected));
}

async function session(name, body = { item: {} }) {
  return LargeFileUploadTask.createUploadSession(alice, `/me/drive/root:/uploads/${name}:/createUploadSession`, body);
}

const task = (content, name, upload, options) =>
  new LargeFileUploadTask(alice, new FileUpload(content.buffer, name, content.length), upload, options);

check("LargeFileUploadTask sends a file in fragments", async () => {
  const content = bytes(3 * FRAGMENT + 7);
  const seen = [];
  const uploadEventHandlers = { progress: (range) => seen.push(range.maxValue) };
  const upload = task(content, "large.bin", await session("large.bin"), { rangeSize: FRAGMENT, uploadEventHandlers });
  const { responseBody: item } = await upload.upload();
  assert.equal(item.name, "large.bin");
  assert.equal(item.size, content.length);
  assert.deepEqual(seen, [FRAGMENT - 1, 2 * FRAGMENT - 1, 3 * FRAGMENT - 1, content.length - 1]);
  await assertContent(item, content);
});

check("LargeFileUploadTask sends a stream", async () => {
  const content = bytes(2 * FRAGMENT + 1);
  writeFileSync("stream.bin", content);
  const stream = new StreamUpload(createReadStream("stream.bin"), "stream.bin", content.length);
  const upload = new LargeFileUploadTask(alice, stream, await session("stream.bin"), { rangeSize: FRAGMENT });
  await assertContent((await upload.upload()).responseBody, content);
});

check("LargeFileUploadTask goes on where it stopped", async () => {
  const content = bytes(3 * FRAGMENT);
  const upload = task(content, "resumed.bin", await session("resumed.bin"), { rangeSize: FRAGMENT });
  const first = upload.getNextRange();
  await upload.uploadSlice(await upload.file.sliceFile(first), first, content.length);
  const status = await upload.getStatus();
  assert.match(status.nextExpectedRanges[0], new RegExp(`^${FRAGMENT}-`));
  await assertContent((await upload.resume()).responseBody, content);
});

check("LargeFileUploadTask cancels", async () => {
  const upload = task(bytes(FRAGMENT), "cancelled.bin", await session("cancelled.bin"));
  assert.equal((await upload.cancel()).status, 204);
  assert.ok(upload.getUploadSession().isCancelled);
  assert.equal((await refusal(upload.getStatus())).statusCode, 404);
  assert.equal((await refusal(alice.api("/me/drive/root:/uploads/cancelled.bin").get())).statusCode, 404);
});

check("OneDriveLargeFileUploadTask renames by default", async () => {
  const content = bytes(FRAGMENT + 1);
  await put(alice, "uploads/taken.bin", "taken");
  const upload = await OneDriveLargeFileUploadTask.create(alice, content, {
    fileName: "taken.bin",
    path: "/uploads",
    rangeSize: FRAGMENT,
  });
  const { responseBody: item } = await upload.upload();
  assert.notEqual(item.name, "taken.bin");
  await assertContent(item, content);
});

check("OneDriveLargeFileUploadTask replaces, with a description", async () => {
  const content = bytes(FRAGMENT + 1);
  const old = await put(alice, "uploads/replaced & new.bin", "old");
  const upload = await OneDriveLargeFileUploadTask.create(alice, content, {
    fileName: "replaced & new.bin",
    fileDescription: "the new one",
    path: "uploads",
    conflictBehavior: "replace",
    rangeSize: FRAGMENT,
  });
  const { responseBody: item } = await upload.upload();
  assert.equal(item.id, old.id);
  await assertContent(item, content);
});

check("OneDriveLargeFileUploadTask fails on a taken name", async () => {
  await put(alice, "uploads/kept.bin", "kept");
  const content = bytes(FRAGMENT);
  const attempt = async () => {
    const options = { fileName: "kept.bin", path: "/uploads", conflictBehavior: "fail", rangeSize: FRAGMENT };
    const upload = await OneDriveLargeFileUploadTask.create(alice, content, options);
    return upload.upload();
  };
  assert.equal((await refusal(attempt())).statusCode, 409);
});

await run();
