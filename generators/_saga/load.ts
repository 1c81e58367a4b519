import { compileSaga } from "../../templates/runtime/src/saga/compile.ts";
import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";
import type { SagaSource } from "../../templates/runtime/src/saga/source.ts";
import type { NodePath, Place } from "../_system/place.ts";
import { Positions, placeIn } from "../_system/positions.ts";
import { type ReadingWords, readMapText } from "../_system/read.ts";
import { plainValue } from "../_system/tree.ts";
import { dotted, shownKey } from "../_system/wording.ts";
import { type DraftCommand, draftOf, type SagaDraft } from "./draft.ts";
import { asWritten, straightened } from "./near-keys.ts";
import type { SagaProblem } from "./saga-problem.ts";
import { sagaJsonSchema } from "./saga-schema.ts";
import { isOfFormat, shapeProblems } from "./shape-problems.ts";

export type { SagaSource } from "../../templates/runtime/src/saga/source.ts";
export type { SagaProblem } from "./saga-problem.ts";

/** A saga's definition as it was read: what it says, where, and in what it is not of the format. */
export interface SagaDocument {
  /** As it is named in places. */
  readonly file: string;
  /** In what it is not of the format: what EDA-S01, S02, S04 and S11 say of it. */
  readonly problems: readonly SagaProblem[];
  /** What it says, as far as it can be understood. */
  readonly draft: SagaDraft;
  /** What it says; only where it is of the format. */
  readonly source?: SagaSource;
  /** What runs, at the service that hosts it; only where it is of the format and every path in it can be read. */
  readonly definition?: (service: string) => SagaDefinition;
  /**
   * Place of a node's key or value (the value unless told); of the nearest existing ancestor where the node is not
   * there. A list's item has a value only.
   */
  place(path: NodePath, part?: "key" | "value"): Place;
}

/** Characters of a definition, above which it is not read: no person writes so much. */
export const largestSaga = 1024 * 1024;

const words: ReadingWords = {
  largest: largestSaga,
  tooLarge: "Split it into several sagas, each with a trigger of its own",
  empty: "Write saga, version, style, trigger, key, deadline and steps, or let `eda add saga` write them",
  noMap: "Write keys such as saga: payment and version: 1",
};

/**
 * Reads a saga's definition. What keeps it from being read at all (bad YAML, not a map, too large) throws an
 * UnreadableManifestError with its place; what is wrong with its content is in `problems`.
 * @param file Its path as it is to be named in places.
 */
export function loadSaga(text: string, file: string): SagaDocument {
  const positions = new Positions(file, text);
  const repeated: SagaProblem[] = [];
  const onDuplicate = (key: string, at: number): void => {
    const message = `The key ${shownKey(key)} is there twice`;
    const hint = "Remove or rename one of them";
    repeated.push({ rule: "EDA-S01", at: positions.place(at), part: "key", message, hint });
  };
  const root = readMapText(text, file, { ...words, onDuplicate });
  const plain = plainValue(root);
  const { value, misspelt, written } = isOfFormat(plain) ? asWritten(plain) : straightened(plain, sagaJsonSchema);
  const near = misspelt.map(({ at, meant }): SagaProblem => {
    const inside = at.length === 1 ? "the definition" : dotted(at.slice(0, -1));
    const message = `${shownKey(String(at.at(-1)))} is no key of ${inside}`;
    return { rule: "EDA-S01", at, part: "key", message, hint: `Did you mean ${meant}?` };
  });
  const problems = [...repeated, ...near, ...shapeProblems(value)];
  const draft = draftOf(value);
  const source = value as SagaSource;
  return {
    file,
    problems,
    draft,
    ...(problems.length === 0 && { source }),
    ...(problems.length === 0 && isReadable(draft) && { definition: (service) => compileSaga(source, service) }),
    place: (path, part = "value") => placeIn(root, positions, written(path), part),
  };
}

function isReadable({ groups, completed, compensated }: SagaDraft): boolean {
  const commands = [...groups.flat().flatMap((step) => [step, step.compensation]), completed, compensated];
  const isSound = (command: DraftCommand | undefined) =>
    command?.input?.every(({ value }) => !("unreadable" in value)) ?? true;
  return commands.every(isSound);
}
