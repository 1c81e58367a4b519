#!/usr/bin/env node
import path from "node:path";
import { operate } from "./operate.ts";

/** `eda-operate`: the operator's verbs, as a client of each service's admin endpoint. */
process.stdout.on("error", notWritten);
process.stderr.on("error", () => {});
const code = await operate(process.argv.slice(2), {
  root: path.resolve(import.meta.dirname, "../../../.."),
  env: process.env,
  // A terminal need not know its width.
  width: process.stdout.isTTY ? Math.max(80, process.stdout.columns || 0) : 80,
  colour: process.stdout.isTTY && !process.env.NO_COLOR,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
});
// A paused service may still owe an answer that nobody waits for.
process.stdout.write("", (error) => (error ? notWritten(error) : process.exit(code)));

/** A reader that has seen enough (`| head`) is no error; a full disk is. */
function notWritten(error: NodeJS.ErrnoException): never {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`the output could not be written: ${error.message}\n`);
  process.exit(1);
}
