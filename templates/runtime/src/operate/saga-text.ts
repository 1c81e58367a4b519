import { textTable } from "../embedded/text-table.ts";
import { nameOf } from "../saga/course.ts";
import type { Json, JsonObject } from "../saga/definition.ts";
import type { Stage, StuckReason } from "../saga/transition.ts";
import {
  countedAtMost,
  type OpenTimer,
  type SagaBulkAnswer,
  type SagaDetail,
  type SagaFilter,
  type SagaLogLine,
  type SagaPage,
  type SagaPlace,
  type SagaSummary,
  type SagaVerb,
} from "../service/admin-saga-api.ts";
import { counted, moment, oneLine } from "./screen.ts";

/** @param several whether other services' sagas are printed beside these */
export function sagaList(
  service: string,
  { items, total }: SagaPage,
  several: boolean,
  width: number,
  filter: SagaFilter = {},
): string {
  const title = several ? [service] : [];
  if (total === 0) return noSagas(service, filter);
  if (items.length === 0) return `no more: ${howMany(total)} in all`;
  const rows = items.map((saga) => [statusOf(saga), moment(saga.startedAt), oneLine(saga.id, 500)]);
  const [heading, ...lines] = textTable([["status", "started at", "id"], ...rows]).split("\n");
  const shown = lines.flatMap((line, index) => [
    line,
    ...items[index]!.at.map((place) => `  ${oneLine(whereText(place), width - 2)}`),
  ]);
  const last = items.at(-1)?.id;
  const rest = total > items.length ? [`${items.length} of ${howMany(total)}; more with --after ${quoted(last)}`] : [];
  return [...title, heading, ...shown, ...rest].join("\n");
}

/** Without a filter the open ones are listed: that none is open does not mean that there are none. */
function noSagas(service: string, { stuck, ...more }: SagaFilter): string {
  if (Object.keys(more).length > 0) return `no sagas in ${service} match`;
  return stuck === true
    ? `no saga is stuck in ${service}`
    : `no saga is under way in ${service}; --status ended lists those that have ended`;
}

export function sagaDetail(saga: SagaDetail): string {
  const { failure, view } = saga;
  const fields = [
    ["saga", `${saga.saga}, version ${saga.version}, ${saga.hash.slice(0, 12)}`],
    ["status", statusOf(saga)],
    ...(failure === undefined ? [] : [["because", `${failure.step}: ${failure.reason}`]]),
    ["revision", saga.revision],
    ["correlation id", saga.correlationId],
    ["started at", moment(saga.startedAt)],
    ["updated at", moment(saga.updatedAt)],
    ...(saga.endedAt === undefined ? [] : [["ended at", moment(saga.endedAt)]]),
  ].map(([name = "", value = ""]) => [name, oneLine(value, 500)]);
  return [
    oneLine(saga.id, 500),
    textTable(fields),
    ...section("steps", stepRows(view)),
    ...section("timers", saga.timers.map(timerRow)),
    ...section("log", [...earlier(saga.earlierEntries), ...saga.log.map(logRow)]),
    "trigger",
    ...JSON.stringify(saga.trigger, null, 2)
      .split("\n")
      .map((line) => `  ${line.match(/^ */)?.[0]}${oneLine(line, 4_000)}`),
    ...whatToDo(saga),
  ].join("\n");
}

export function changedText(verb: SagaVerb, stage: Stage, saga: SagaSummary, width: number): string {
  const where = saga.at.map((place) => `  ${oneLine(whereText(place), width - 2)}`);
  return [`${oneLine(saga.id, 500)}: ${verb} of ${nameOf(stage)} is recorded; it is ${statusOf(saga)}`, ...where].join(
    "\n",
  );
}

export function bulkText(verb: SagaVerb, stage: Stage, { count, left }: SagaBulkAnswer): string {
  const done = `${verb} of ${nameOf(stage)} is recorded for ${counted(count, "saga")}`;
  return left === 0 ? done : `${done}; ${left} are left, so run it again`;
}

function statusOf({ status, stuck }: SagaSummary): string {
  return stuck ? `${status}, stuck` : status;
}

function howMany(total: number): string {
  return total > countedAtMost ? `more than ${countedAtMost}` : String(total);
}

const STUCK: Readonly<Record<StuckReason, string>> = {
  unknown: "no answer",
  failure: "refused",
  parked: "its command cannot be sent",
  unhandled: "its reply is in the dead letters",
};

function whereText(place: SagaPlace): string {
  const asked = place.asked === undefined ? "" : `, asked to ${place.asked}`;
  return place.stuck === undefined
    ? `waits for ${nameOf(place)}, ${attemptOf(place)}${asked}`
    : `stuck in ${nameOf(place)}: ${STUCK[place.stuck]}, ${attemptOf(place)}${asked}`;
}

/** A round follows a recorded failure, by an operator's wish: most have one. */
function attemptOf({ round, attempt }: { readonly round: number; readonly attempt: number }): string {
  return round === 1 ? `attempt ${attempt}` : `attempt ${attempt} of round ${round}`;
}

function stepRows({ completed, failed, running, pending, stuck }: SagaDetail["view"]): readonly string[][] {
  return [
    ...completed.map((stage) => [stage.noop ? "nothing to undo" : stage.outcome, nameOf(stage), ""]),
    ...failed.map((stage) => [stage.outcome === "failed" ? "refused" : "no answer", nameOf(stage), ""]),
    ...stuck.map((stage) => ["stuck", nameOf(stage), `${stage.why}; ${attemptOf(stage)}`]),
    ...running.map((stage) => ["running", nameOf(stage), `${stage.why}; ${attemptOf(stage)}`]),
    ...pending.map((stage) => ["pending", nameOf(stage), stage.why]),
  ];
}

function timerRow({ kind, step, direction, round, attempt, dueAt }: OpenTimer): string[] {
  const due = dueAt === undefined ? "starts when its command has left" : `due ${moment(dueAt)}`;
  const what = kind === "deadline" ? "the saga" : `${nameOf({ step, direction })}, ${attemptOf({ round, attempt })}`;
  return [kind, due, what];
}

function logRow({ at, what, step, direction, round, attempt, detail }: SagaLogLine): string[] {
  const stage = step === undefined ? "" : nameOf({ step, direction: direction ?? "forward" });
  const tried = round === undefined ? "" : attemptOf({ round, attempt: attempt ?? 0 });
  return [at.replace("T", " "), what, stage, tried, detail === undefined ? "" : detailText(detail)];
}

function detailText(detail: Json): string {
  if (typeof detail !== "object" || detail === null || Array.isArray(detail)) return plainText(detail);
  const { reason, ...more } = detail as JsonObject;
  const told = Object.entries(more).map(([name, value]) => `${name} ${plainText(value)}`);
  return [...(reason === undefined ? [] : [plainText(reason)]), ...told].join("; ");
}

function plainText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function earlier(entries: number): readonly string[][] {
  return entries === 0 ? [] : [["…", `${entries} earlier`, "", "", ""]];
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const plain = rows.map((row) => row.map((cell) => oneLine(cell, 500)));
  return [
    title,
    ...textTable(plain)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

/** The commands to type for each stuck stage, with what they must name. */
function whatToDo({ id, revision, view }: SagaDetail): readonly string[] {
  const retries = view.stuck.flatMap(({ step, direction, reason, startsAt }) => {
    const named = `${quoted(id)} --step ${step} --direction ${direction} --revision ${revision} --reason "…"`;
    if (startsAt === undefined) return [`to try again: npx eda sagas retry ${named}`];
    // Nobody leads it: what starts a step is found where the step is done.
    const { service, event } = startsAt;
    return [
      ...(reason === "failure"
        ? []
        : [`to find what starts it: npx eda dead-letters list --service ${service} --type ${event}`]),
      `once you have put it right by hand: npx eda sagas complete ${named}`,
    ];
  });
  return retries.length === 0 ? [] : [`to see why, in every service: npx eda trace ${quoted(id)}`, ...retries];
}

/** As a POSIX shell takes it for one word. */
function quoted(id = ""): string {
  const plain = oneLine(id, 500);
  return /^[\w:.@/+-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}
