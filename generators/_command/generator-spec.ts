import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../_render/templates.ts";
import { EdaError } from "../_system/errors.ts";

const tarball = ".eda/generator.tgz";
const note = ".eda/generator";

/** `file:…` where a repository carries the generator with it; a version once that version is published. */
export function defaultGenerator(): string {
  return existsSync(packageRoot("dist/published")) ? packageVersion() : `file:${tarball}`;
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageRoot("package.json"), "utf8")) as { version: string }).version;
}

/** What a repository's devDependency on the generator is: as noted when it was made. */
export function readGenerator(root: string): string | undefined {
  const path = join(root, note);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/**
 * Notes the generator in a new repository, before anything else is there, and puts the generator itself beside the
 * note where it is not published: so a fresh clone and CI have it.
 */
export async function placeGenerator(root: string, spec: string): Promise<void> {
  mkdirSync(join(root, ".eda"), { recursive: true });
  if (spec === `file:${tarball}`) await placeTarball(root);
  writeFileSync(join(root, note), `${spec}\n`);
}

async function placeTarball(root: string): Promise<void> {
  const packed = packageRoot(`dist/generator-eda-${packageVersion()}.tgz`);
  const temporary = join(root, `${tarball}.part`);
  if (existsSync(packed)) copyFileSync(packed, temporary);
  else await pack(root, temporary);
  renameSync(temporary, join(root, tarball));
}

/** npm makes the tarball again from an installed one. A checkout's build has left one behind. */
async function pack(root: string, target: string): Promise<void> {
  if (!existsSync(packageRoot("dist/generators"))) {
    throw new EdaError("This checkout of generator-eda is not built, so it cannot be put into the repository", {
      hint: "Run `npm run build` in the checkout, or say --generator SPEC",
    });
  }
  const folder = mkdtempSync(join(root, ".eda", "pack-"));
  try {
    await promisify(execFile)("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
      cwd: packageRoot(),
      shell: process.platform === "win32",
    });
    renameSync(join(folder, readdirSync(folder)[0]!), target);
  } catch (error) {
    throw new EdaError(
      `The generator could not be packed for the repository: ${(error as Error).message.split("\n")[0]}`,
      {
        hint: "Say where the repository gets it from: --generator SPEC",
        cause: error,
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
