import { fields, inputs, unknownReplies } from "./mutations/data.ts";
import { afterPivot, compensations, elsewhere, kinds } from "./mutations/kinds.ts";
import { names, outcomes } from "./mutations/messages.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { partsOf } from "./mutations/parts.ts";
import { publications } from "./mutations/published.ts";
import { missingKeys, misspeltKeys, unknownKeys, wrongShapes, wrongTypes } from "./mutations/shape.ts";
import { choreographies, cycles } from "./mutations/starts.ts";
import { budgets, retries, times } from "./mutations/time.ts";

export type { Mutation };

/** Every way to break the valid sagas that a rule covers, at every place where it can be broken so. */
export function mutations(): readonly Mutation[] {
  const parts = partsOf();
  return [
    ...misspeltKeys(parts),
    ...unknownKeys(parts),
    ...missingKeys(parts),
    ...wrongTypes(parts),
    ...wrongShapes(parts),
    ...compensations(parts),
    ...kinds(),
    ...times(parts),
    ...budgets(),
    ...names(parts),
    ...outcomes(parts),
    ...inputs(parts),
    ...unknownReplies(),
    ...fields(parts),
    ...retries(parts),
    ...afterPivot(),
    ...cycles(),
    ...choreographies(),
    ...publications(),
    ...elsewhere(),
  ];
}
