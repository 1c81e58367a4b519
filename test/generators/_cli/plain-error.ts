import assert from "node:assert/strict";
import type { Ran } from "../../support/sandbox.ts";

/** An error is one or two plain lines on stderr, without a stack and without escape codes. */
export function assertPlainError(ran: Ran, code: 1 | 2, says: RegExp): void {
  assert.equal(ran.code, code, ran.stdout + ran.stderr);
  assert.match(ran.stderr, says);
  const lines = ran.stderr.trimEnd().split("\n");
  assert.ok(lines.length <= 2, `more than two lines:\n${ran.stderr}`);
  assert.doesNotMatch(ran.stderr, /^\s+at |node_modules|\.ts:\d+|This is a fault/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
  assert.doesNotMatch(ran.stderr, /\u001b/);
}
