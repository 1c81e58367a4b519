import type Joi from "joi";
import { acceptor } from "../_system/acceptor.ts";
import type { NodePath } from "../_system/place.ts";
import { problemOf } from "../_system/schema-problems.ts";
import { isPlainMap, valueAt } from "../_system/values.ts";
import { contentProblems } from "./content-problems.ts";
import { onDemand } from "./on-demand.ts";
import type { SagaProblem } from "./saga-problem.ts";
import { sagaJsonSchema } from "./saga-schema.ts";

/** A definition with more problems than this is told of the first ones. */
const mostProblems = 200;

let accepts: ((definition: unknown) => boolean) | undefined;

/** Whether a definition fits the schema. */
export function isOfFormat(value: unknown): boolean {
  accepts ??= acceptor(sagaJsonSchema);
  return accepts(value);
}

/** Everything in which a definition, its misspelt keys straightened, differs from the format. */
export function shapeProblems(value: unknown): readonly SagaProblem[] {
  const problems = [...(isOfFormat(value) ? [] : schemaProblems(value)), ...contentProblems(value)];
  return problems.slice(0, mostProblems);
}

function schemaProblems(value: unknown): SagaProblem[] {
  const { error } = onDemand.joi().sagaSchema.validate(value, { abortEarly: false, convert: false });
  return (error?.details ?? []).flatMap((detail) => {
    const rule = ruleFor(detail, value);
    const wrong = { at: detail.path, value: detail.context?.value as unknown };
    return rule === undefined ? [] : [{ rule, wrong, ...problemOf(detail, "the definition") }];
  });
}

const durations = new Set(["deadline", "timeout", "initial", "max"]);

/** The rule that a difference falls under; undefined where the content's check tells of it. */
function ruleFor({ path, type, context }: Joi.ValidationErrorItem, whole: unknown): SagaProblem["rule"] | undefined {
  const key = path.at(-1);
  const value: unknown = context?.value;
  if (isInput(path)) return "EDA-S01";
  if (key === "deadline" && path.length === 1 && (value === undefined || value === null)) return "EDA-S04";
  const isWritten = typeof value === "string" || typeof value === "number" || value === null;
  if (durations.has(String(key)) && type !== "object.unknown" && isWritten) return "EDA-S11";
  if ((key === "attempts" || key === "multiplier") && type === "number.min") return "EDA-S11";
  const step = valueAt(whole, path.slice(0, -1));
  const isCompensatable = isPlainMap(step) && (step.kind === undefined || step.kind === "compensatable");
  if (key === "compensation" && value === null && isCompensatable) return undefined;
  const isEmptyReason = key === "reason" && (value === null || value === "");
  if (isEmptyReason && isCompensatable && step.compensation === "none") return undefined;
  return "EDA-S01";
}

function isInput(path: NodePath): boolean {
  return path.includes("input");
}
