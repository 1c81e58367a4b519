import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";
import { isWritable } from "../_render/record.ts";
import { openRepository } from "../_render/repository-view.ts";
import { publishedSaga } from "../_rules/published.ts";
import { loadSaga } from "../_saga/load.ts";
import type { Completion, ManifestDocument } from "../_system/document.ts";
import { EdaError } from "../_system/errors.ts";
import { withFlows } from "../_system/flows.ts";
import type { SagaEntry, System } from "../_system/system.ts";
import type { SagaTexts } from "./command.ts";

/** The saga files of a repository, by their path: what lies on disk, and what a run's edits make of them. */
export interface SagaFiles {
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  /** What edits have changed, in the order of their first change. */
  readonly changes: readonly SagaChange[];
  /** Whether everything read so far is on disk as it was. */
  isCurrent(): boolean;
  /** Gives each saga of a system the flow that its file says, where that can be read. */
  readonly complete: Completion;
  /** The same files by the names that a manifest has for them. */
  of(manifest: ManifestDocument): SagaTexts;
}

export interface SagaChange {
  readonly path: string;
  readonly text: string;
  /** What was read; undefined where there was no file. */
  readonly before: string | undefined;
}

type Read = (path: string) => string | undefined;

/** The saga files below a root, each read when it is first asked for. */
export function sagaFilesIn(root: string): SagaFiles {
  return sagaFiles((path) => openRepository(root).read?.(path));
}

/** Saga files as a function gives them. */
export function sagaFiles(onDisk: Read): SagaFiles {
  const found = new Map<string, string | undefined>();
  const edited = new Map<string, string>();
  const flows = new Map<string, { readonly text: string; readonly flow: SagaDefinition | undefined }>();
  let last:
    | { readonly of: System; readonly texts: readonly (string | undefined)[]; readonly whole: System }
    | undefined;

  function original(path: string): string | undefined {
    if (!found.has(path)) found.set(path, onDisk(path));
    return found.get(path);
  }

  const read = (path: string) => edited.get(path) ?? original(path);

  /** A saga's flow, compiled once for each text. */
  function flowOf({ name, definition, service }: SagaEntry): SagaDefinition | undefined {
    const text = read(definition);
    if (text === undefined) return undefined;
    const known = flows.get(`${name} ${service}`);
    if (known?.text === text) return known.flow;
    const flow = loadFlow(text, definition, service);
    flows.set(`${name} ${service}`, { text, flow });
    return flow;
  }

  const files: SagaFiles = {
    read,
    write(path, text) {
      if (!isWritable(path))
        throw new EdaError(`A saga's definition cannot be ${path}`, { hint: "Name a file in sagas/" });
      if (read(path) !== text) edited.set(path, text);
    },
    get changes() {
      return [...edited].flatMap(([path, text]) => {
        const before = original(path);
        return text === before ? [] : [{ path, text, before }];
      });
    },
    isCurrent: () => [...found].every(([path, text]) => onDisk(path) === text),
    complete(system) {
      if (system.sagas.length === 0) return system;
      const texts = system.sagas.map(({ definition }) => read(definition));
      if (last?.of === system && last.texts.every((text, at) => text === texts[at])) return last.whole;
      const known = system.sagas.flatMap((saga) => {
        const flow = flowOf(saga);
        return flow === undefined ? [] : [[saga.name, flow] as const];
      });
      last = { of: system, texts, whole: withFlows(system, new Map(known)) };
      return last.whole;
    },
    of(manifest) {
      const path = (name: string) => {
        const named = manifest.get(["sagas", name, "definition"]);
        return typeof named === "string" ? named : `sagas/${name}.saga.yaml`;
      };
      return {
        get: (name) => read(path(name)),
        onDisk: (name) => original(path(name)),
        isPublished: (name, version) => original(publishedSaga(name, version)) !== undefined,
        set: (name, text) => files.write(path(name), text),
      };
    },
  };
  return files;
}

/** What a saga's text says; undefined where it has errors of its own, of which the rules speak. */
function loadFlow(text: string, file: string, service: string): SagaDefinition | undefined {
  try {
    return loadSaga(text, file).definition?.(service);
  } catch (error) {
    if (error instanceof EdaError) return undefined;
    throw error;
  }
}
