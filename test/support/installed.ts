import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ran, runProcess } from "./sandbox.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));

let unpacked: Promise<string> | undefined;

/** `eda` as it is in the package's tarball, the one that repositories made with it carry. */
export async function builtEda(words: readonly string[], cwd: string): Promise<Ran> {
  unpacked ??= unpack();
  const bin = join(await unpacked, "dist", "generators", "_cli", "bin.js");
  const ran = await runProcess(process.execPath, [bin, ...words], { cwd });
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  return ran;
}

/** `npm` in a generated repository, as a person would type it there: without this project's folders on its PATH. */
export function npm(words: readonly string[], cwd: string): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key) && key !== "INIT_CWD");
  const cleared = Object.fromEntries(Object.keys(process.env).map((key) => [key, undefined]));
  const env = { ...cleared, ...Object.fromEntries(inherited) };
  return runProcess(process.platform === "win32" ? "npm.cmd" : "npm", words, { cwd, env });
}

/** The built package, unpacked: templates and generator of one moment, whatever is being edited in the checkout. */
async function unpack(): Promise<string> {
  const { version } = JSON.parse(fs.readFileSync(join(project, "package.json"), "utf8")) as { version: string };
  const tarball = join(project, "dist", `generator-eda-${version}.tgz`);
  assert.ok(fs.existsSync(tarball), "run `npm run build` first");
  const folder = temporaryFolder("eda-package-");
  const ran = await runProcess("tar", ["-xzf", tarball, "-C", folder], { cwd: project });
  assert.equal(ran.code, 0, ran.stderr);
  fs.copyFileSync(tarball, join(folder, "package", "dist", basename(tarball)));
  fs.symlinkSync(join(project, "node_modules"), join(folder, "package", "node_modules"), "junction");
  return join(folder, "package");
}

/** Gone with this process. */
function temporaryFolder(prefix: string): string {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), prefix)));
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let example: Promise<string> | undefined;

/**
 * The order-management example as a fresh clone of what git holds, installed by npm: made once for all tests of a run,
 * and gone with its process.
 */
export function installedExample(): Promise<string> {
  example ??= installExample();
  return example;
}

async function installExample(): Promise<string> {
  const folder = temporaryFolder("eda-generated-");
  await builtEda(["new", "origin", "--example", "order-management", "--skip-install"], folder);
  const git = async (...words: string[]) => {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "core.autocrlf=false"];
    const ran = await runProcess("git", [...identity, ...words], { cwd: folder });
    assert.equal(ran.code, 0, ran.stderr);
  };
  await git("init", "--quiet", "origin");
  await git("-C", "origin", "add", "--all");
  await git("-C", "origin", "commit", "--quiet", "--message", "first");
  await git("clone", "--quiet", "origin", "clone");
  const installed = await npm(["install", "--no-fund", "--no-audit"], join(folder, "clone"));
  assert.equal(installed.code, 0, installed.stdout + installed.stderr);
  return join(folder, "clone");
}

/**
 * Gives another repository the packages that npm has installed in the example, laid out as npm lays them out: files
 * linked, links to the workspaces its own.
 */
export async function installAsExample(root: string): Promise<void> {
  const from = join(await installedExample(), "node_modules");
  const to = join(root, "node_modules");
  for (const name of fs.readdirSync(from)) {
    if (name !== "@order-management") linkTree(join(from, name), join(to, name));
  }
  const { name: system } = JSON.parse(fs.readFileSync(join(root, "package.json"), "utf8")) as { name: string };
  fs.mkdirSync(join(to, `@${system}`));
  for (const service of fs.readdirSync(join(root, "services"))) {
    fs.symlinkSync(join("..", "..", "services", service), join(to, `@${system}`, service), "junction");
  }
}

function linkTree(from: string, to: string): void {
  fs.mkdirSync(join(to, ".."), { recursive: true });
  const found = fs.lstatSync(from);
  if (found.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(from), to);
  else if (found.isDirectory()) for (const name of fs.readdirSync(from)) linkTree(join(from, name), join(to, name));
  else fs.linkSync(from, to);
}

/** A report of node's test runner, as it stands at the end of its output: `pass 24`. */
export function counted({ stdout }: Ran, word: "pass" | "fail" | "skipped" | "todo"): number {
  return Number(new RegExp(`^. ${word} (\\d+)$`, "m").exec(stdout)?.[1] ?? Number.NaN);
}
