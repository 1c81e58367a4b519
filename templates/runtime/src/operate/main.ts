#!/usr/bin/env node
import path from "node:path";
import { operate } from "./operate.ts";

/** `eda-operate`: the operator's verbs, as a client of each service's admin endpoint. */
// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", () => process.exit(0));
const code = await operate(process.argv.slice(2), {
  root: path.resolve(import.meta.dirname, "../../../.."),
  env: process.env,
  width: process.stdout.isTTY ? Math.max(80, process.stdout.columns) : 80,
  colour: process.stdout.isTTY && !process.env.NO_COLOR,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
});
// A paused service may still owe an answer that nobody waits for.
process.stdout.write("", () => process.exit(code));
