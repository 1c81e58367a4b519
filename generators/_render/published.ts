import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";
import { publishedFolder, publishedSaga, publishedSagaText } from "../_rules/published.ts";
import type { System } from "../_system/system.ts";
import { contractFiles } from "./contracts.ts";
import type { DiskView } from "./disk.ts";
import type { PlanEntry } from "./plan.ts";

/** A contract or a saga's definition as it is frozen. */
export interface PublishedFile {
  readonly path: string;
  readonly content: string;
  /** Of an event's contract: `orders.OrderPlaced`. */
  readonly event?: string;
}

/** What a system would publish now: the contracts of its messages, and its sagas as they run. */
export function publishedFiles(system: System): readonly PublishedFile[] {
  const events = new Map<string, string>(
    system.services.flatMap(({ name, events }) =>
      events.map(
        (event) => [`contracts/${name}/${event.name}.v${event.version}.json`, `${name}.${event.name}`] as const,
      ),
    ),
  );
  const contracts = contractFiles(system).flatMap((file) => {
    if (!("content" in file)) return [];
    const event = events.get(file.path);
    const path = file.path.replace(/^contracts/, publishedFolder);
    return [{ path, content: file.content, ...(event !== undefined && { event }) }];
  });
  const flows = system.sagas.flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
  return [...contracts, ...flows.map(sagaFile)];
}

function sagaFile(flow: SagaDefinition): PublishedFile {
  return { path: publishedSaga(flow.saga, flow.version), content: publishedSagaText(flow) };
}

/** What is to be written. Published files are nobody's derived ones: `eda sync` neither renders nor deletes them. */
export function planPublished(files: readonly PublishedFile[], disk: DiskView): readonly PlanEntry[] {
  const kind = "shared";
  return files
    .map(({ path, content }): PlanEntry => {
      if (disk.look(path).is !== "file") return { kind, path, action: "create", content };
      const current = disk.read(path);
      return current === content
        ? { kind, path, action: "unchanged" }
        : { kind, path, action: "change", content, current };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Whether readers of a published contract can read what the new one describes: what was there is there unchanged, and
 * what has come is optional. Records count like the message itself.
 */
export function isReadableBy(published: unknown, now: unknown): boolean {
  const [before, after] = [objectSchema(published), objectSchema(now)];
  if (before === undefined || after === undefined) return false;
  const keeps = Object.entries(before.properties).every(
    ([name, schema]) => JSON.stringify(schema) === JSON.stringify(after.properties[name]),
  );
  const required = new Set(before.required);
  const isSame = required.size === after.required.length && after.required.every((name) => required.has(name));
  return (
    keeps && isSame && Object.entries(before.$defs).every(([name, record]) => isReadableBy(record, after.$defs[name]))
  );
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly $defs: Readonly<Record<string, unknown>>;
}

function objectSchema(schema: unknown): ObjectSchema | undefined {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return undefined;
  return { required: [], $defs: {}, ...(schema as { properties: Record<string, unknown> }) };
}
