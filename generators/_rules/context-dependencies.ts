import type { RuleContext } from "./rule.ts";
import { sagaTraffic } from "./saga-traffic.ts";

/** One bounded context tells another what to do: its saga sends a command there and waits for the reply. */
export interface ContextDependency {
  readonly from: string;
  readonly to: string;
  readonly saga: string;
  /** `service.Command`. */
  readonly command: string;
}

/**
 * The command dependencies between bounded contexts, in a stable order.
 *
 * The only commands that cross services are those of an orchestrated saga: from its host's context to the context of
 * each command's service. A subscription, a read model, a stream application or a step of a choreography depends on an
 * event, which its publisher does not wait for: those are no command dependencies. HTTP calls between services are not
 * stated in the manifest (a generated service makes none).
 */
export function contextDependencies(context: RuleContext): readonly ContextDependency[] {
  const contextOf = new Map(context.system.services.map((service) => [service.name, service.context]));
  const dependencies: ContextDependency[] = [];
  for (const saga of sagaTraffic(context).sagas) {
    const from = contextOf.get(saga.host);
    if (saga.style === "choreography" || from === undefined) continue;
    for (const command of saga.sends) {
      const to = contextOf.get(command.slice(0, command.indexOf(".")));
      if (to !== undefined && to !== from) dependencies.push({ from, to, saga: saga.saga, command });
    }
  }
  return dependencies;
}
