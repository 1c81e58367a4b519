import { commandsIn } from "../_saga/commands-in.ts";
import type { SagaDraft } from "../_saga/draft.ts";
import type { RuleContext } from "./rule.ts";
import { sagasOf } from "./sagas.ts";

/** The messages that one saga's definition names, as `service.Name`. */
export interface SagaTraffic {
  readonly saga: string;
  /** The service that hosts the saga. */
  readonly host: string;
  readonly style: "orchestration" | "choreography";
  readonly sends: readonly string[];
  readonly consumes: readonly string[];
}

export interface SystemTraffic {
  readonly sagas: readonly SagaTraffic[];
  /** False while a definition cannot be read: then no rule may claim that nobody sends or consumes a message. */
  readonly complete: boolean;
}

const traffics = new WeakMap<RuleContext, SystemTraffic>();

/**
 * What the system's sagas send and consume, as far as their definitions can be read.
 *
 * Only the names are taken, wherever they stand; whether a definition makes sense is the saga rules' concern.
 */
export function sagaTraffic(context: RuleContext): SystemTraffic {
  let traffic = traffics.get(context);
  if (!traffic) {
    const { sagas, complete } = sagasOf(context);
    traffic = {
      sagas: sagas.map(({ entry, document }) => ({
        saga: entry.name,
        host: entry.service,
        ...messagesNamedIn(document.draft),
      })),
      complete,
    };
    traffics.set(context, traffic);
  }
  return traffic;
}

/** The messages that a definition names. */
export function messagesNamedIn(draft: SagaDraft): Pick<SagaTraffic, "style" | "sends" | "consumes"> {
  const sends = new Set<string>();
  const consumes = new Set<string>();
  if (draft.trigger) consumes.add(draft.trigger.text);
  for (const { command } of commandsIn(draft)) {
    if (command.command) sends.add(command.command.text);
    for (const event of [command.success, command.failure, command.on]) if (event) consumes.add(event.text);
  }
  return { style: draft.style ?? "orchestration", sends: [...sends], consumes: [...consumes] };
}
