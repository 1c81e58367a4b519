import fs from "node:fs";
import { join } from "node:path";
import { openDisk } from "../../../generators/_render/disk.ts";
import type { RenderedFile } from "../../../generators/_render/file.ts";
import { type LockOptions, withLock } from "../../../generators/_render/lock.ts";
import { planFiles } from "../../../generators/_render/plan.ts";
import {
  type Applied,
  type ApplyOptions,
  applyPlan,
  ManifestChanged,
  readRecord,
} from "../../../generators/_render/write.ts";
import { text } from "./temporary.ts";

/** A system whose manifest is a list of services, one a line, in a file that each of them adds a line to. */
export function renderTiny(manifest: string): readonly RenderedFile[] {
  const services = manifest.split("\n").filter((line) => line !== "");
  return [
    { kind: "derived", path: "compose.yaml", content: ["services:", ...services, ""].join("\n") },
    { kind: "runtime", path: "packages/runtime/index.ts", content: "export const version = 1;\n" },
    { kind: "shared", path: "package.json", edit: (current = "# yours\n") => withLines(current, services) },
    ...services.flatMap((name): RenderedFile[] => [
      { kind: "derived", path: `services/${name}/wiring.ts`, content: `export const name = "${name}";\n` },
      { kind: "started", path: `services/${name}/domain.ts`, content: `// decide ${name}\n` },
      { kind: "stub", path: `services/${name}/handlers.ts`, content: `// handle ${services.length}\n` },
    ]),
  ];
}

function withLines(current: string, lines: readonly string[]): string {
  const has = new Set(current.split("\n"));
  return current + lines.flatMap((line) => (has.has(line) ? [] : [`${line}\n`])).join("");
}

export interface TinyOptions extends LockOptions, Pick<ApplyOptions, "force"> {
  /** Called between reading the manifest and taking the lock, where a person would be asked. */
  readonly interview?: () => void | Promise<void>;
}

/** A whole run in small, as a generator does it: read, ask, lock, edit, plan, write. */
export async function runTiny(
  root: string,
  edit: (manifest: string) => string,
  options: TinyOptions = {},
): Promise<Applied> {
  let read = manifestOf(root);
  await options.interview?.();
  return withLock(
    root,
    () => {
      for (;;) {
        const expected = read;
        const edited = edit(expected ?? "");
        const rendered = renderTiny(edited);
        const before = () => renderTiny(expected ?? "");
        const plan = planFiles({ rendered, record: readRecord(root), disk: openDisk(root), before });
        const manifest = { path: "eda.yaml", text: edited, expected };
        try {
          return applyPlan(root, { plan, manifest, force: options.force ?? false });
        } catch (error) {
          if (!(error instanceof ManifestChanged)) throw error;
          read = manifestOf(root);
        }
      }
    },
    options,
  );
}

export const add = (name: string) => (manifest: string) => withLines(manifest, [name]);
export const remove = (name: string) => (manifest: string) => manifest.replace(`${name}\n`, "");
export const sync = (manifest: string): string => manifest;

function manifestOf(root: string): string | undefined {
  return fs.existsSync(join(root, "eda.yaml")) ? text(root, "eda.yaml") : undefined;
}
