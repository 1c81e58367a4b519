import { decisionProblems } from "./phase-decision.ts";
import type { Problem, Rule, RuleContext } from "./rule.ts";
import { sagaExample } from "./saga-example.ts";
import { sagaRules } from "./saga-rules.ts";
import { sagasOf } from "./sagas.ts";

const readModel = `readModels:
  payments-by-order:
    key: paymentId
    from: [payments.PaymentCaptured]`;

const phase = `phases:
  cqrs-sagas: { status: decided, decision: docs/decisions/0004-cqrs-sagas.md }
`;

export const cqrsSagasOpen: Rule = {
  id: "EDA-P04",
  severity: "error",
  runs: "phase",
  title:
    "phase 4, CQRS and sagas, is open: a saga with errors, a read model without a staleness budget, or no decision",
  explanation:
    "The phase closes when every saga passes the validator, every read model has its sources, and somebody has said how " +
    "far each may be behind. Without that number nobody can say whether a view that is a minute old is slow or broken, " +
    "and its alarm is set to whatever it happened to be. The rules named S say what is wrong in a saga.",
  examples: [
    {
      fails: decided(sagaExample("deadline: 15m\n")),
      repair: decided(sagaExample()),
    },
    {
      fails: decided(sagaExample("outboxes:", `${readModel}\noutboxes:`)),
      repair: decided(sagaExample("outboxes:", `${readModel}\n    staleness: 5s\noutboxes:`)),
    },
  ],
  *check(context) {
    yield* decisionProblems(context, "cqrs-sagas");
    yield* unsoundSagas(context);
    for (const { name, from } of context.system.readModels) {
      const at = ["readModels", name];
      if (from.length === 0) {
        const hint = `Write from: [<service>.<Event>] under readModels.${name}`;
        yield { at, part: "key", message: `Read model ${name} has no sources`, hint };
      }
      if (context.manifest.get([...at, "staleness"]) !== undefined) continue;
      const hint = `Write staleness: 5s, or what its readers can live with, under readModels.${name}`;
      yield { at, part: "key", message: `Read model ${name} has no staleness budget`, hint };
    }
  },
};

/** One problem a saga: the validator tells of each error. */
function* unsoundSagas(context: RuleContext): Iterable<Problem> {
  if (!context.repository) return;
  const { sagas } = sagasOf(context);
  const errors = sagaRules.filter(({ severity }) => severity === "error").flatMap((rule) => [...rule.check(context)]);
  const counts = Map.groupBy(errors, ({ at }) => ("file" in at ? at.file : ""));
  for (const { name, definition } of context.system.sagas) {
    const count = counts.get(definition)?.length ?? 0;
    const isRead = sagas.some(({ entry }) => entry.name === name);
    if (isRead && count === 0) continue;
    const has = !isRead ? "cannot be read" : count === 1 ? "has an error" : `has ${count} errors`;
    yield { at: ["sagas", name], part: "key", message: `Saga ${name} ${has}`, hint: `See eda validate ${definition}` };
  }
}

function decided({ manifest = "", files = {} }: ReturnType<typeof sagaExample>) {
  return {
    manifest: `${manifest}${phase}`,
    files: { ...files, "docs/decisions/0004-cqrs-sagas.md": "# CQRS and sagas\n" },
  };
}
