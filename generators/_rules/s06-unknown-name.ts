import { commandsIn } from "../_saga/commands-in.ts";
import type { Reference, SagaDraft } from "../_saga/draft.ts";
import type { NodePath } from "../_system/place.ts";
import { nearest } from "../_system/suggest.ts";
import { type Contracts, contractsOf } from "./contracts.ts";
import { possibleOutcomes } from "./outcome-hint.ts";
import { isOfAnotherService } from "./s16-compensation-elsewhere.ts";
import { sagaExample } from "./saga-example.ts";
import { type SagaFault, type SagaHome, sagaRule } from "./saga-rule.ts";

export const unknownName = sagaRule({
  id: "EDA-S06",
  severity: "error",
  title: "a saga names a command, event or service that the manifest does not have",
  explanation:
    "A command that no service takes lies in a topic that nobody reads, and the saga waits for its answer until the " +
    "deadline; a trigger that nobody publishes starts no saga, and nothing says so. The saga's own name and its host " +
    "stand in the manifest too, and both have to say the same: its topics and its database follow from them.",
  examples: [
    {
      fails: sagaExample("success: payments.PaymentCaptured", "success: payments.PaymentCaptred"),
      repair: sagaExample(),
    },
    { fails: sagaExample("saga: payment\n", "saga: payments\n"), repair: sagaExample() },
  ],
  alone: false,
  judge: ({ document, home }) => nameFaults(document.draft, home!),
});

/** Names that the manifest does not have. */
export function* nameFaults(draft: SagaDraft, home: SagaHome): Iterable<SagaFault> {
  const { system, entry } = home;
  const contracts = contractsOf(system);
  if (draft.saga !== undefined && draft.saga !== entry.name) {
    yield {
      at: ["saga"],
      message: `The definition is of saga ${draft.saga}, and the manifest calls it ${entry.name}`,
      hint: `Write saga: ${entry.name}, or name it ${draft.saga} under sagas in eda.yaml`,
    };
  }
  if (draft.service !== undefined && draft.service !== entry.service) {
    yield {
      at: ["service"],
      message: contracts.service(draft.service)
        ? `The definition says that service ${draft.service} hosts it, and the manifest says ${entry.service}`
        : `The host names service ${draft.service}, which does not exist`,
      hint: `Write service: ${entry.service}, or leave it out: the manifest says it`,
    };
  }
  yield* unknown(contracts, draft.trigger, "event", "The trigger", ["trigger"]);
  for (const { role, command, step } of commandsIn(draft)) {
    const { at, label } = command;
    const isElsewhere = role === "compensation" && isOfAnotherService(command, step, contracts);
    if (!isElsewhere) yield* unknown(contracts, command.command, "command", label, [...at, "command"]);
    for (const key of ["success", "failure"] as const) {
      const isOwn = command[key]?.service === command.command?.service;
      const likely = isOwn ? possibleOutcomes(command, key, system) : [];
      yield* unknown(contracts, command[key], "event", label, [...at, key], likely);
    }
    yield* unknown(contracts, command.on, "event", label, [...at, "on"]);
  }
}

function* unknown(
  contracts: Contracts,
  reference: Reference | undefined,
  kind: "command" | "event",
  label: string,
  at: NodePath,
  likely: readonly string[] = [],
): Iterable<SagaFault> {
  if (reference === undefined || contracts[kind](reference)) return;
  const service = contracts.service(reference.service);
  if (service === undefined) {
    const near = nearest(reference.service, contracts.services);
    const hint =
      near === undefined ? `Add it under services: eda add service ${reference.service}` : `Did you mean ${near}?`;
    yield { at, message: `${label} names service ${reference.service}, which does not exist`, hint };
    return;
  }
  const there = kind === "command" ? service.commands : service.events;
  const near =
    nearest(reference.name, likely) ?? (likely.length === 1 ? likely[0] : nearest(reference.name, there.keys()));
  const home = `services.${reference.service}.${kind}s`;
  yield {
    at,
    message: `${label} names ${kind} ${reference.text}, which does not exist`,
    hint:
      near === undefined
        ? `Add ${reference.name} under ${home} in eda.yaml`
        : `Did you mean ${reference.service}.${near}? Else add ${reference.name} under ${home}`,
  };
}
