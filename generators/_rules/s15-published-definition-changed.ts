import { isDeepStrictEqual } from "node:util";
import { loadSaga } from "../_saga/load.ts";
import { publishedSaga, publishedSagaText } from "./published.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { sagaExample } from "./saga-example.ts";
import { sagasOf } from "./sagas.ts";

export const publishedDefinitionChanged: Rule = {
  id: "EDA-S15",
  severity: "error",
  runs: "validate",
  title: "the edit changes a published definition without a new `version`",
  explanation:
    "Sagas in flight keep the definition that they began with, and people look things up by its version: two definitions " +
    "of one version make a log that cannot be read. What `eda publish` has frozen in contracts/published is therefore " +
    "changed under a new version only. A description may change at any time.",
  // Compiled when it is asked for: most runs never do.
  get examples() {
    const published = { [publishedSaga("payment", 1)]: frozenExample() };
    const edit = (version: number) => [
      "version: 1\nstyle: orchestration\ntrigger: orders.OrderPlaced\nkey: $.trigger.orderId\ndeadline: 15m",
      `version: ${version}\nstyle: orchestration\ntrigger: orders.OrderPlaced\nkey: $.trigger.orderId\ndeadline: 20m`,
    ];
    const [from, to] = edit(1);
    const points = ["deadline: 20m", '"deadlineMs": 900000'];
    return [{ fails: sagaExample(from, to, published), repair: sagaExample(from, edit(2)[1], published), points }];
  },
  *check(context) {
    for (const { entry, document } of sagasOf(context).sagas) {
      const { version } = document.draft;
      if (document.definition === undefined || version === undefined) continue;
      const text = context.repository?.read?.(publishedSaga(entry.name, version));
      if (
        text === undefined ||
        isDeepStrictEqual(parsed(text), parsed(publishedSagaText(document.definition(entry.service))))
      )
        continue;
      yield {
        at: document.place(["version"]),
        message: `Version ${version} of saga ${entry.name} is published, and this definition is another one`,
        hint: `Write version: ${nextVersion(context, entry.name, version)}, or take the change back`,
      };
    }
  },
};

/** The first above a version that is not published. */
function nextVersion({ repository }: RuleContext, saga: string, version: number): number {
  let next = version + 1;
  while (repository?.exists(publishedSaga(saga, next))) next += 1;
  return next;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What `eda publish` has written of the example. */
function frozenExample(): string {
  const [file, text] = Object.entries(sagaExample().files!)[0]!;
  return publishedSagaText(loadSaga(text, file).definition!("orders"));
}
