import { commandsIn, type PlacedCommand } from "../_saga/commands-in.ts";
import type { DraftStep, Reference, SagaDraft } from "../_saga/draft.ts";
import { type Contracts, contractsOf } from "./contracts.ts";
import { isOfAnotherService } from "./s16-compensation-elsewhere.ts";
import { sagaExample } from "./saga-example.ts";
import { type SagaFault, type SagaHome, sagaRule } from "./saga-rule.ts";

export const notAnOutcome = sagaRule({
  id: "EDA-S07",
  severity: "error",
  title:
    "`success`, `failure` or `on` names an event that the command's service does not publish, or the same event as another outcome of that step",
  explanation:
    "The participant answers with the event that came of the command, in the transaction that made it. An event of " +
    "another service, or one that the command never emits, is an answer that never comes: each attempt times out, and " +
    "what was done is taken back. One event for two outcomes is worse: what was refused would count as done.",
  examples: [
    {
      fails: sagaExample("failure: payments.PaymentDeclined", "failure: orders.OrderConfirmed"),
      repair: sagaExample(),
    },
    {
      fails: sagaExample("failure: payments.PaymentDeclined", "failure: payments.PaymentCaptured"),
      repair: sagaExample(),
    },
  ],
  alone: false,
  judge: ({ document, home }) => outcomeFaults(document.draft, home!),
});

/** Events that cannot be the outcome for which they stand. */
export function* outcomeFaults(draft: SagaDraft, { system }: SagaHome): Iterable<SagaFault> {
  const contracts = contractsOf(system);
  for (const placed of commandsIn(draft)) {
    yield* strangers(placed, draft, contracts);
    if (placed.role !== "compensation") yield* repeated(placed);
  }
}

/** Outcomes that the command cannot have. */
function* strangers(placed: PlacedCommand, draft: SagaDraft, contracts: Contracts): Iterable<SagaFault> {
  const { role, command, step } = placed;
  const asked = contracts.command(command.command);
  if (asked === undefined || (role === "compensation" && isOfAnotherService(command, step, contracts))) return;
  const { service, text } = command.command!;
  for (const key of ["success", "failure"] as const) {
    const event = command[key];
    if (event === undefined || contracts.event(event) === undefined) continue;
    const at = [...command.at, key];
    const emits = asked.command.emits;
    const known = emits.length === 0 ? undefined : emits.map((name) => `${service}.${name}`).join(" or ");
    if (event.service !== service) {
      const message = `${command.label} waits for ${event.text}, which service ${service} does not publish`;
      yield { at, message, hint: `Write an event that comes of ${text}${known ? `: ${known}` : ""}` };
    } else if (known !== undefined && !emits.includes(event.name) && event.text !== draft.trigger?.text) {
      const message = `${command.label} waits for ${event.text}, which ${text} never emits`;
      yield { at, message, hint: `Write ${known}, or add ${event.name} to the emits of ${text}` };
    }
  }
}

/** Events that stand for two outcomes of one step, or for its start and an outcome. */
function* repeated({ command, step }: PlacedCommand): Iterable<SagaFault> {
  const taken = new Map<string, string>();
  for (const { key, at, event } of outcomesOf(step ?? { ...command, group: 0 })) {
    const other = taken.get(event.text);
    if (other === undefined) taken.set(event.text, key);
    else {
      const message = `${command.label} has ${event.text} as its ${other} and as its ${key}`;
      yield { at, message, hint: "Give each outcome an event of its own" };
    }
  }
}

interface NamedOutcome {
  readonly key: string;
  readonly at: readonly (string | number)[];
  readonly event: Reference;
}

function outcomesOf(step: DraftStep): readonly NamedOutcome[] {
  const { compensation } = step;
  const named = (of: DraftStep | DraftStep["compensation"], before: string) =>
    (["success", "failure", "on"] as const).flatMap((key): NamedOutcome[] => {
      const event = of?.[key];
      return event === undefined ? [] : [{ key: `${before}${key}`, at: [...of!.at, key], event }];
    });
  const of = [...named(step, ""), ...named(compensation, "compensation's ")];
  // What starts a compensation is an outcome of another step, and is told of where it is one of its own.
  return of;
}
