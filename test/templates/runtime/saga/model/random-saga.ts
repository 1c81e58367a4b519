import fc from "fast-check";
import { compileSaga } from "../../../../../templates/runtime/src/saga/compile.ts";
import type { SagaDefinition } from "../../../../../templates/runtime/src/saga/definition.ts";
import type { CommandSource, SagaSource, StepSource } from "../../../../../templates/runtime/src/saga/source.ts";

/** A saga, and what its participants are like. */
export interface RandomSaga {
  readonly definition: SagaDefinition;
  /** Steps whose commands call something outside the database (R19). */
  readonly external: ReadonlySet<string>;
  /** What a participant makes of a stage in a round: drawn by the name of the command and round. */
  readonly fates: readonly Fate[];
}

/** `throws`: its handler never comes to an end, until the operators have put it right. */
export type Fate = "success" | "failure" | "throws";

interface Shape {
  readonly attempts: number;
  readonly compensatable: readonly (readonly Member[])[];
  readonly pivot: "none" | "final" | "undoable";
  readonly retriable: readonly (readonly Member[])[];
  readonly completed: boolean;
  readonly compensated: boolean;
}

interface Member {
  readonly service: number;
  readonly external: boolean;
  readonly undone: boolean;
  /** Reads the reply of an earlier step, counted backwards; 0: none. */
  readonly reads: number;
}

const member: fc.Arbitrary<Member> = fc.record({
  service: fc.nat(2),
  external: fc.nat(3).map((n) => n === 0),
  undone: fc.nat(4).map((n) => n > 0),
  reads: fc.nat(2),
});

const group = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(member) },
  { weight: 1, arbitrary: fc.array(member, { minLength: 2, maxLength: 3 }) },
);

const shape: fc.Arbitrary<Shape> = fc
  .record({
    attempts: fc.integer({ min: 1, max: 3 }),
    compensatable: fc.array(group, { maxLength: 3 }),
    pivot: fc.constantFrom("none" as const, "final" as const, "undoable" as const),
    retriable: fc.array(group, { maxLength: 2 }),
    completed: fc.boolean(),
    compensated: fc.boolean(),
  })
  .filter(({ compensatable, pivot, retriable }) => compensatable.length + retriable.length > 0 || pivot !== "none");

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("success" as const) },
  { weight: 2, arbitrary: fc.constant("failure" as const) },
  { weight: 1, arbitrary: fc.constant("throws" as const) },
);

/** Sagas of every shape that the validator lets through. */
export const randomSaga: fc.Arbitrary<RandomSaga> = fc
  .record({ shape, fates: fc.array(fate, { minLength: 12, maxLength: 12 }), pivotIs: member })
  .map(({ shape, fates, pivotIs }) => build(shape, fates, pivotIs));

function build(shape: Shape, fates: readonly Fate[], pivotIs: Member): RandomSaga {
  const external = new Set<string>();
  const earlier: string[] = [];
  const steps: SagaSource["steps"][number][] = [];

  const stepFor = (kind: "compensatable" | "pivot" | "retriable", is: Member, readable: readonly string[]) => {
    const id = `s${earlier.length + 1}`;
    if (is.external) external.add(id);
    const from = is.reads > 0 ? readable.at(-is.reads) : undefined;
    const input = { ...(from === undefined ? {} : { from: `$.steps.${from}.value` }), key: "$.trigger.key" };
    const compensation: CommandSource = { ...command(is.service, `Undo-${id}`), input };
    const source: StepSource = {
      id,
      kind,
      ...command(is.service, `Do-${id}`),
      input,
      failure: `service-${is.service}.Refused-${id}`,
      ...(kind === "retriable" ? {} : { compensation: is.undone ? compensation : "none" }),
    };
    earlier.push(id);
    return source;
  };

  const add = (kind: "compensatable" | "retriable", members: readonly Member[]) => {
    const readable = [...earlier];
    const built = members.map((is) => stepFor(kind, is, readable));
    steps.push(built.length === 1 ? built[0]! : { parallel: built });
  };

  for (const members of shape.compensatable) add("compensatable", members);
  if (shape.pivot !== "none") {
    steps.push(stepFor("pivot", { ...pivotIs, undone: shape.pivot === "undoable" }, [...earlier]));
  }
  for (const members of shape.retriable) add("retriable", members);

  const source: SagaSource = {
    saga: "random",
    version: 1,
    style: "orchestration",
    trigger: "service-0.Triggered",
    key: "$.trigger.key",
    deadline: "15m",
    timeout: "30s",
    retry: { attempts: shape.attempts },
    steps,
    ...(shape.completed ? { completed: command(0, "Confirm") } : {}),
    ...(shape.compensated ? { compensated: { ...command(0, "Cancel"), input: { reason: "$.failure.reason" } } } : {}),
  };
  return { definition: compileSaga(source, "host"), external, fates };
}

function command(service: number, name: string): CommandSource {
  return { command: `service-${service}.${name}`, success: `service-${service}.${name}-done` };
}
