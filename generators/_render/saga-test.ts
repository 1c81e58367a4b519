import type { SagaCommand, SagaGroup, SagaStep } from "../../templates/runtime/src/saga/definition.ts";
import type { Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";
import { braces, type Code, layOut, parentheses, property } from "./layout.ts";
import { hostedBy, type SagaWithFlow } from "./saga-roles.ts";
import type { Templates } from "./templates.ts";

/**
 * `test/sagas/<name>.test.ts` at the host of an orchestration: how it ends when all goes well, when a step fails, and
 * when one is never answered. Stubs: they follow the saga until somebody edits them.
 */
export function sagaTestFiles(system: System, service: Service, templates: Templates): readonly RenderedFile[] {
  return hostedBy(system, service)
    .filter(({ flow }) => flow.style === "orchestration")
    .map((saga) => ({
      kind: "stub",
      path: `services/${service.name}/test/sagas/${saga.name}.test.ts`,
      content: templates.fill("service/test/saga.test.ts.ejs", {
        saga: saga.name,
        file: saga.definition,
        cases: casesOf(saga).map(printed).join("\n\n"),
      }),
    }));
}

/** How a saga goes, and what comes of it. */
export interface Case {
  readonly title: string;
  readonly when: Readonly<Record<string, "fails" | "never answers">>;
  readonly ends: "completed" | "compensated" | "stuck";
  /** Where its order is told too. */
  readonly sends?: readonly string[];
}

/** The cases that a saga's test is made of. */
export function casesOf({ flow }: Pick<SagaWithFlow, "flow">): readonly Case[] {
  const endings = (ending: SagaCommand | undefined) => (ending ? [ending.command] : []);
  const forward = flow.groups.flat().map(({ command }) => command);
  const happy: Case = {
    title: "is completed when every step succeeds",
    when: {},
    ends: "completed",
    sends: [...forward, ...endings(flow.completed)],
  };
  return [
    happy,
    ...flow.groups.flatMap((group, at) =>
      group.flatMap((step): Case[] => {
        const undone = [...undosBeside(group, step), ...flow.groups.slice(0, at).toReversed().flatMap(undosOf)];
        const before = flow.groups.slice(0, at + 1).flatMap((each) => each.map(({ command }) => command));
        return [...failing(step, [...before, ...undone, ...endings(flow.compensated)]), ...silent(step)];
      }),
    ),
  ];
}

/** A failure after the point of no return has nobody to tell it to. */
function failing(step: SagaStep, sends: readonly string[]): readonly Case[] {
  if (step.failure === undefined) return [];
  const when = { [step.id]: "fails" } as const;
  if (step.kind === "retriable") return [{ title: `waits for an operator when ${step.id} fails`, when, ends: "stuck" }];
  return [{ title: `is compensated when ${step.id} fails`, when, ends: "compensated", sends }];
}

function silent({ id, kind, compensation }: SagaStep): readonly Case[] {
  const when = { [id]: "never answers" } as const;
  return kind === "compensatable" || (kind === "pivot" && compensation)
    ? [{ title: `is compensated when ${id} is never answered`, when, ends: "compensated" }]
    : [{ title: `waits for an operator when ${id} is never answered`, when, ends: "stuck" }];
}

/** What undoes a group, last done first. */
function undosOf(group: SagaGroup): readonly string[] {
  return group.flatMap(({ compensation }) => (compensation ? [compensation.command] : [])).toReversed();
}

function undosBeside(group: SagaGroup, step: SagaStep): readonly string[] {
  return undosOf(group.filter((member) => member !== step));
}

function printed({ title, when, ends, sends }: Case): string {
  const happenings = braces(Object.entries(when).map(([stage, what]) => `${property(stage)}: ${text(what)}`));
  const calls: readonly Code[] = [
    [".when(", happenings, ")"],
    `.thenEnds(${text(ends)})`,
    ...(sends === undefined ? [] : [[".thenSends", parentheses(sends.map(text))]]),
  ];
  const flat = layOut(["saga", ...calls, ";"], 4);
  const story = flat.includes("\n") ? ["saga", ...calls.map((call) => layOut(call, 6))].join("\n      ") : flat;
  return [`  it(${text(title)}, () => {`, `    ${story.replace(/;?$/, ";")}`, "  });"].join("\n");
}

function text(value: string): string {
  return JSON.stringify(value);
}
