#!/usr/bin/env node
// Plain enough for an old Node to parse: it is to be told what it lacks, not to stumble over syntax.
const version = process.versions.node.split(".").map(Number);
const major = version[0] ?? 0;
const minor = version[1] ?? 0;

if ((major === 22 && minor >= 22) || (major === 24 && minor >= 11) || major > 24) {
  // A stack is shown to whoever asks for it, and is then to name the TypeScript line.
  if (process.env.DEBUG === "eda") process.setSourceMapsEnabled(true);
  import("./main.ts").then(({ main }) => main(process.argv));
} else {
  process.stderr.write(`eda needs Node 22.22 or 24.11 and newer; this is ${process.versions.node}\n`);
  process.exitCode = 2;
}
