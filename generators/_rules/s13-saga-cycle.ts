import { commandsIn } from "../_saga/commands-in.ts";
import type { SagaDraft } from "../_saga/draft.ts";
import { type Contracts, contractsOf } from "./contracts.ts";
import { cyclesIn, type Link } from "./cycles.ts";
import type { Rule } from "./rule.ts";
import { sagaExample } from "./saga-example.ts";
import { sagasOf } from "./sagas.ts";

interface Triggering extends Link {
  /** The event that one saga's command emits, and that starts the other. */
  readonly event: string;
}

export const sagaCycle: Rule = {
  id: "EDA-S13",
  severity: "error",
  runs: "validate",
  title: "a saga triggers itself, directly or through others (shows the cycle)",
  explanation:
    "A saga whose own commands emit the event that starts it never comes to an end: each instance begets the next, and " +
    "the first order of the day orders for ever. Through two sagas it takes a detour and is as endless. What counts are " +
    "the events that a saga's commands may emit, whether the saga waits for them or not.",
  examples: [
    {
      fails: sagaExample(
        "ConfirmOrder: { fields: { orderId: uuid }, emits: [OrderConfirmed]",
        "ConfirmOrder: { fields: { orderId: uuid }, emits: [OrderConfirmed, OrderPlaced]",
      ),
      repair: sagaExample(),
    },
  ],
  *check(context) {
    const { sagas } = sagasOf(context);
    const contracts = contractsOf(context.system);
    const started = Map.groupBy(sagas, ({ document }) => document.draft.trigger?.text);
    const links = sagas.flatMap(({ entry, document }) =>
      [...eventsOf(document.draft, contracts)].flatMap((event) =>
        (started.get(event) ?? []).map((other): Triggering => ({ from: entry.name, to: other.entry.name, event })),
      ),
    );
    const byName = new Map(sagas.map((saga) => [saga.entry.name, saga]));
    for (const cycle of cyclesIn(links)) {
      const first = byName.get(cycle[0]!.from)!;
      const round = cycle.map(({ from, event }) => `${from} → ${event} → `).join("") + cycle[0]!.from;
      yield {
        at: first.document.place(["trigger"]),
        message:
          cycle.length === 1
            ? `Saga ${first.entry.name} triggers itself: ${round}`
            : `Sagas trigger each other: ${round}`,
        hint: "Let one of them start at another event, one that no command of these sagas emits",
      };
    }
  },
};

/** Events that a saga's commands may emit. */
function eventsOf(draft: SagaDraft, contracts: Contracts): ReadonlySet<string> {
  const events = new Set<string>();
  for (const { command } of commandsIn(draft)) {
    for (const outcome of [command.success, command.failure]) if (outcome) events.add(outcome.text);
    const asked = contracts.command(command.command);
    for (const name of asked?.command.emits ?? []) events.add(`${command.command!.service}.${name}`);
  }
  return events;
}
