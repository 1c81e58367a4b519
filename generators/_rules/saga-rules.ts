import type { Rule } from "./rule.ts";
import { invalidSaga } from "./s01-invalid-saga.ts";
import { compensationMissing } from "./s02-compensation-missing.ts";
import { orderOfKinds } from "./s03-order-of-kinds.ts";
import { noTimeout } from "./s04-no-timeout.ts";
import { budgetExceedsDeadline } from "./s05-budget-exceeds-deadline.ts";
import { unknownName } from "./s06-unknown-name.ts";
import { notAnOutcome } from "./s07-not-an-outcome.ts";
import { inputNotProvided } from "./s08-input-not-provided.ts";
import { readsUnknownReply } from "./s09-reads-unknown-reply.ts";
import { fieldsOfCommand } from "./s10-fields-of-command.ts";
import { impossibleRetry } from "./s11-impossible-retry.ts";
import { failureAfterPivot } from "./s12-failure-after-pivot.ts";
import { sagaCycle } from "./s13-saga-cycle.ts";
import { choreographyEndsNowhere } from "./s14-choreography-ends-nowhere.ts";
import { publishedDefinitionChanged } from "./s15-published-definition-changed.ts";
import { compensationElsewhere } from "./s16-compensation-elsewhere.ts";

/** The rules over sagas, by id. */
export const sagaRules: readonly Rule[] = [
  invalidSaga,
  compensationMissing,
  orderOfKinds,
  noTimeout,
  budgetExceedsDeadline,
  unknownName,
  notAnOutcome,
  inputNotProvided,
  readsUnknownReply,
  fieldsOfCommand,
  impossibleRetry,
  failureAfterPivot,
  sagaCycle,
  choreographyEndsNowhere,
  publishedDefinitionChanged,
  compensationElsewhere,
];
