import { durationMs } from "../duration.ts";
import type { JsonObject, SagaDirection } from "../saga/definition.ts";
import { type SagaFilter, type SagaVerb, sagaStatuses, sagaVerbs } from "../service/admin-saga-api.ts";
import { UsageError } from "./errors.ts";
import {
  common,
  decimals,
  flag,
  formatOf,
  given,
  oneOf,
  parsed,
  reason,
  strings,
  text,
  type Values,
} from "./options.ts";

/** A command about sagas, as typed. */
export type SagaLine = { readonly service?: string; readonly format: "text" | "json" } & (
  | { readonly does: "list"; readonly filter: SagaFilter; readonly page: { readonly limit?: string; after?: string } }
  | { readonly does: "show"; readonly id: string }
  | ({ readonly does: "change"; readonly id: string; readonly revision?: string } & SagaChange)
  | ({
      readonly does: "change all";
      readonly step: string;
      readonly filter: Pick<SagaFilter, "saga" | "since">;
      readonly yes: boolean;
      readonly count?: number;
    } & SagaChange)
);

/** What is left out of step and direction is the only one that is stuck. */
export interface SagaChange {
  readonly verb: SagaVerb;
  readonly step?: string;
  readonly direction?: SagaDirection;
  readonly reason: string;
  readonly data?: JsonObject;
}

const stage = { step: text, direction: text } as const;
const among = { saga: text, since: text } as const;
const listOptions = { ...stage, ...among, stuck: flag, status: text, limit: text, after: text } as const;
const bulkOptions = { ...among, all: flag, yes: flag, count: text } as const;
const changeOptions = { ...stage, ...bulkOptions, revision: text, reason: text, data: text } as const;

/**
 * @param args behind the word `sagas`
 * @throws UsageError that names what is wrong
 */
export function sagaLine(args: readonly string[]): SagaLine {
  const verb = sagaVerbs.find((one) => one === args[0]);
  return verb === undefined ? lookLine(args) : changeLine(verb, args.slice(1));
}

function lookLine(args: readonly string[]): SagaLine {
  const { values, positionals } = parsed(args, { ...common, ...listOptions });
  const asked = { ...strings(values, "service"), format: formatOf(values) };
  const [id, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`sagas takes one ID or none, and was given ${positionals.join(" ")}`);
  if (id === undefined) {
    const stuck = values.stuck === true ? { stuck: true } : {};
    const status = values.status === undefined ? {} : { status: oneOf("--status", values.status, sagaStatuses) };
    const filter = { ...strings(values, "step"), ...directionOf(values), ...amongOf(values), ...stuck, ...status };
    if (filter.direction !== undefined && filter.step === undefined)
      throw new UsageError("--direction is that of a --step: say which");
    return { ...asked, does: "list", filter, page: { ...decimals(values, "limit"), ...strings(values, "after") } };
  }
  if (given(values, listOptions)) throw new UsageError("sagas takes a filter, or the ID of one saga, not both");
  return { ...asked, does: "show", id: sagaIdOf(id) };
}

function changeLine(verb: SagaVerb, args: readonly string[]): SagaLine {
  const { values, positionals } = parsed(args, { ...common, ...changeOptions });
  const which = values.all === true ? bulkOf(verb, values, positionals) : oneOfThem(verb, values, positionals);
  return {
    ...strings(values, "service"),
    format: formatOf(values),
    verb,
    ...directionOf(values),
    ...dataOf(verb, values.data),
    reason: reason(`sagas ${verb}`, values.reason),
    ...which,
  };
}

function oneOfThem(verb: SagaVerb, values: Values, positionals: readonly string[]) {
  const [id] = positionals;
  if (id === undefined || positionals.length > 1)
    throw new UsageError(`sagas ${verb} takes ID, or --all, and was given ${positionals.join(" ") || "none"}`);
  if (given(values, bulkOptions))
    throw new UsageError(`sagas ${verb} takes --saga, --since, --yes and --count with --all alone`);
  return { does: "change", id: sagaIdOf(id), ...strings(values, "step"), ...decimals(values, "revision") } as const;
}

function bulkOf(verb: SagaVerb, values: Values, positionals: readonly string[]) {
  const command = `sagas ${verb} --all`;
  const { step } = strings(values, "step");
  if (positionals.length > 0)
    throw new UsageError(`${command} takes no argument, and was given ${positionals.join(" ")}`);
  if (step === undefined) throw new UsageError(`${command} takes --step: the one that they are stuck in`);
  if (values.revision !== undefined)
    throw new UsageError(`${command} takes no --revision: each saga has its own, and --count is for all`);
  const count = values.count === undefined ? {} : { count: Number(decimals(values, "count").count) };
  return { does: "change all", step, filter: amongOf(values), yes: values.yes === true, ...count } as const;
}

function sagaIdOf(text: string): string {
  if (/^[^:]+:./s.test(text)) return text;
  throw new UsageError(
    `\`${text}\` is no id of a saga, such as payment:4711, nor one of ${sagaVerbs.join(", ")}: \`sagas\` shows them`,
  );
}

function directionOf({ direction }: Values): { readonly direction?: SagaDirection } {
  return direction === undefined ? {} : { direction: oneOf("--direction", direction, ["forward", "compensation"]) };
}

function amongOf(values: Values): Pick<SagaFilter, "saga" | "since"> {
  const { saga, since } = strings(values, "saga", "since");
  return { ...(saga === undefined ? {} : { saga }), ...(since === undefined ? {} : { since: moment(since) }) };
}

/** `2h` before now, or a time as the lists here print it, with a zone: else it would be another one elsewhere. */
function moment(since: string): string {
  const time = /^\d+(ms|s|m|h|d)$/.test(since)
    ? new Date(Date.now() - durationMs(since))
    : new Date(
        /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(since) ? since.replace(" ", "T") : "",
      );
  // A year before 0 or after 9999 has a sign, which the service takes for no time.
  if (time.getTime() >= Date.UTC(0, 0) && time.getUTCFullYear() < 10_000) return time.toISOString();
  throw new UsageError(`--since is \`${since}\`: 2h, or a time such as 2026-11-24T22:40:12Z, is expected`);
}

function dataOf(verb: SagaVerb, typed: unknown): { readonly data?: JsonObject } {
  if (typed === undefined) return {};
  if (verb !== "complete")
    throw new UsageError(`sagas ${verb} takes no --data: it is what \`complete\` settles a step with`);
  let data: unknown;
  try {
    data = JSON.parse(String(typed));
  } catch {
    throw new UsageError(`--data is no JSON: an object such as '{"paymentId":"p-1"}' is expected`);
  }
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw new UsageError(`--data is ${JSON.stringify(data).slice(0, 60)}: a JSON object is expected`);
  return { data: data as JsonObject };
}
