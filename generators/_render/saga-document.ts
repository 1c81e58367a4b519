import type { SagaCommand } from "../../templates/runtime/src/saga/definition.ts";
import type { System } from "../_system/system.ts";
import { repliesTopic } from "../_system/topics.ts";
import { code } from "./markdown.ts";
import { eventsOf, messageOf, type SagaWithFlow, type Stage, serviceOf, stagesOf } from "./saga-roles.ts";

/** A saga's part of `docs/system.md`: what it waits for, step by step, and a picture of it with its compensations. */
export function sagaSections(system: System): readonly string[] {
  return system.sagas.flatMap(({ flow, ...saga }) => {
    if (flow === undefined) {
      const unread = `[${saga.definition}](../${saga.definition}) cannot be read as a saga: \`npx eda validate\` says why.`;
      return [`## Saga ${saga.name}`, "", unread, ""];
    }
    return section({ ...saga, flow });
  });
}

function section(saga: SagaWithFlow): readonly string[] {
  const { flow } = saga;
  const isLed = flow.style === "orchestration";
  const who = isLed ? `${saga.service} leads it` : `nobody leads it, ${saga.service} watches it`;
  return [
    `## Saga ${saga.name}`,
    "",
    `Version ${flow.version} in [${saga.definition}](../${saga.definition}); ${who}. Begins at ${code(flow.trigger)}, one for each ${code(flow.key.join("."))}, and has ${inWords(flow.deadlineMs)}.`,
    "",
    ...(isLed ? travel(saga) : []),
    "| step | kind | command | success | failure | undone by | one attempt |",
    "|---|---|---|---|---|---|---|",
    ...flow.groups.flatMap((group) =>
      group.map((step) =>
        row(group.length > 1 ? `${step.id} (beside others)` : step.id, step.kind, step, step.compensation?.command),
      ),
    ),
    ...(["completed", "compensated"] as const).flatMap((ending) =>
      flow[ending] ? [row(ending, "ending", flow[ending], undefined)] : [],
    ),
    "",
    "```mermaid",
    "sequenceDiagram",
    ...(isLed ? led(saga) : heard(saga)),
    "```",
    "",
  ];
}

function travel({ name }: SagaWithFlow): readonly string[] {
  return [
    `Commands travel on their services' topics of commands, answers on ${code(repliesTopic({ name }))}, both keyed by the saga's id. An answer`,
    "is of the type of the event that came of the command; the data of both are those in `contracts/`.",
    "",
  ];
}

function row(step: string, kind: string, sent: SagaCommand, undo: string | undefined): string {
  const cells = [
    step,
    kind,
    code(sent.command),
    code(sent.success),
    sent.failure === undefined ? "" : code(sent.failure),
    undo === undefined ? "" : code(undo),
    // What starts at an event is sent by nobody, and by nobody again.
    sent.on === undefined ? `${inWords(sent.timeoutMs)}, ${sent.retry.attempts} times` : inWords(sent.timeoutMs),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A box a service, in the order in which the saga meets them. Numbered: any name will do. */
function boxes(saga: SagaWithFlow): ReadonlyMap<string, string> {
  const services = [serviceOf(saga.flow.trigger), ...stagesOf(saga).map(({ sent }) => serviceOf(sent.command))];
  return new Map([...new Set(services)].map((name, at) => [name, `s${at}`]));
}

/** An orchestration: the saga asks, the services answer; where one does not, or says no, what was done is undone. */
function led(saga: SagaWithFlow): readonly string[] {
  const { flow } = saga;
  const box = boxes(saga);
  const at = (reference: string) => box.get(serviceOf(reference))!;
  const ask = ({ command, success }: SagaCommand, why = ""): readonly string[] => [
    `saga->>${at(command)}: ${messageOf(command)}${why}`,
    `${at(command)}-->>saga: ${messageOf(success)}`,
  ];
  const lines: string[] = [`${at(flow.trigger)}->>saga: ${messageOf(flow.trigger)}`];
  const undos: SagaCommand[] = [];
  for (const group of flow.groups) {
    const isSide = group.length > 1;
    for (const [index, step] of group.entries()) {
      if (isSide) lines.push(`${index === 0 ? "par" : "and"} ${step.id}`);
      lines.push(...ask(step).map((line) => (isSide ? `  ${line}` : line)));
    }
    if (isSide) lines.push("end");
    const own = group.flatMap(({ compensation }) => (compensation ? [compensation] : []));
    const reasons = group.flatMap(({ failure, kind, compensation }) => [
      ...(failure === undefined || kind === "retriable" ? [] : [messageOf(failure)]),
      ...(kind === "compensatable" || (kind === "pivot" && compensation) ? ["no answer"] : []),
    ]);
    if (reasons.length > 0) {
      lines.push(
        `break ${[...new Set(reasons)].join(" or ")}`,
        ...own
          .toReversed()
          .flatMap((undo) => ask(undo, ", where it may be done"))
          .map(indented),
        ...undos
          .toReversed()
          .flatMap((undo) => ask(undo))
          .map(indented),
        ...(flow.compensated ? ask(flow.compensated) : []).map(indented),
        "  Note over saga: compensated",
        "end",
      );
    }
    undos.push(...own);
  }
  if (flow.completed) lines.push(...ask(flow.completed));
  lines.push("Note over saga: completed");
  const participants = [...box].map(([name, alias]) => `participant ${alias} as ${name}`);
  return [...participants, `participant saga as saga ${saga.name}`, ...lines].map(indented);
}

/** A choreography: each step starts at an event, wherever that comes from. */
function heard(saga: SagaWithFlow): readonly string[] {
  const box = boxes(saga);
  const emitters = new Map(eventsOf(saga).map((event) => [event, box.get(serviceOf(event))]));
  const start = ({ sent: { on, command, success, failure }, direction }: Stage): readonly string[] => {
    const self = box.get(serviceOf(command))!;
    const from = on === undefined ? undefined : emitters.get(on);
    const outcome = [success, ...(failure === undefined ? [] : [failure])].map(messageOf).join(" or ");
    const lines = [
      ...(on === undefined || from === undefined ? [] : [`${from}->>${self}: ${messageOf(on)}`]),
      `${self}->>${self}: ${messageOf(command)}`,
      `Note over ${self}: ${outcome}`,
    ];
    return direction === "forward"
      ? lines
      : [`opt ${on === undefined ? "undone" : messageOf(on)}`, ...lines.map(indented), "end"];
  };
  const stages = stagesOf(saga);
  const lines = [
    ...stages.filter(({ direction }) => direction === "forward").flatMap(start),
    ...stages.filter(({ direction }) => direction === "compensation").flatMap(start),
  ];
  return [...[...box].map(([name, alias]) => `participant ${alias} as ${name}`), ...lines].map(indented);
}

function indented(line: string): string {
  return `  ${line}`;
}

/** `15m`, `500ms`: in the largest unit that it is whole in. */
function inWords(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const;
  const unit = units.find(([, length]) => ms >= length && ms % length === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
