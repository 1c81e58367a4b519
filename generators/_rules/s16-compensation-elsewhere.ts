import type { DraftCommand, DraftStep } from "../_saga/draft.ts";
import { type Contracts, contractsOf } from "./contracts.ts";
import { aloneExample } from "./saga-example.ts";
import { sagaRule } from "./saga-rule.ts";

export const compensationElsewhere = sagaRule({
  id: "EDA-S16",
  severity: "error",
  title: "a compensation is another service's command than its step",
  explanation:
    "A compensation must know what became of its step, also when no answer came: whether to take it back, to do nothing, " +
    "or to see to it that a step which is still under way does nothing when it arrives. Only the service that has the " +
    "step's command knows, in its own row for the saga and the step. Another one would take back what was never done.",
  examples: [
    {
      fails: aloneExample("command: payments.RefundPayment", "command: refunds.RefundPayment"),
      repair: aloneExample(),
    },
  ],
  alone: true,
  *judge({ document: { draft }, home }) {
    const contracts = home && contractsOf(home.system);
    for (const step of draft.groups.flat()) {
      const { compensation } = step;
      if (compensation === undefined || !isOfAnotherService(compensation, step, contracts)) continue;
      const [own, other] = [step.command!, compensation.command!];
      yield {
        at: [...compensation.at, "command"],
        message: `${compensation.label} is a command of ${other.service}, and the step is one of ${own.service}`,
        hint: `Write a command of ${own.service} that takes ${own.name} back`,
      };
    }
  },
});

/**
 * Whether a compensation is of another service than its step. Not where either names what does not exist: that is
 * EDA-S06's, and which service was meant is not known.
 */
export function isOfAnotherService(
  { command }: DraftCommand,
  step: DraftStep | undefined,
  contracts: Contracts | undefined,
): boolean {
  const forward = step?.command;
  if (command === undefined || forward === undefined || command.service === forward.service) return false;
  if (contracts === undefined) return true;
  return contracts.command(forward) !== undefined && contracts.service(command.service) !== undefined;
}
