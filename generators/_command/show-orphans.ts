import { databaseName } from "../_render/infrastructure.ts";
import type { Plan, PlanEntry } from "../_render/plan.ts";
import { gathered } from "./gathered.ts";
import type { Output } from "./output.ts";

const ofService = /^services\/([^/]+)\/(package\.json|migrations\/.*)?/;

/**
 * What the system no longer has and a run leaves on disk. A migration of a service that goes on is no litter: databases
 * have applied it, and their tables, and the sagas in them, are there as long as they are.
 * @param is Whether this run has brought anything about; and whether a saga is left out that may need all this again.
 */
export function showOrphans(
  output: Output,
  plan: Plan,
  is: { readonly isNews: boolean; readonly isPartial: boolean },
): void {
  const orphans = plan.entries.filter(({ action }) => action === "orphan").map(({ path }) => path);
  const gone = orphans.flatMap((path) => (partOf(path) === "package.json" ? [serviceOf(path)] : []));
  const isHistory = (path: string) => partOf(path)?.startsWith("migrations/") && !gone.includes(serviceOf(path));
  const history = orphans.filter(isHistory);
  const left = orphans.filter((path) => !isHistory(path));
  if (left.length > 0) {
    output.line("No longer part of the system, and left to you: take from it what you need, and delete it.");
    for (const line of gathered(left)) output.line(`  ${line}`);
    for (const service of gone) {
      output.line(`The database ${databaseName(service)} and the topics of ${service} stay too, with what is in them.`);
    }
  }
  if (is.isPartial) return;
  // Told where it comes about, and where somebody may wonder what is counted; not at every run for ever.
  const told = is.isNews ? history.filter((path) => isTouched(plan, serviceOf(path))) : history;
  if (told.length > 0) {
    output.line(
      "No longer needed, and to be kept: databases have applied it, and have its tables with what is in them.",
    );
    for (const path of told) output.line(`  ${path}`);
  }
  if (is.isNews) for (const line of plan.entries.flatMap((entry) => movedFrom(entry, plan, gone))) output.line(line);
}

function isTouched({ entries }: Plan, service: string): boolean {
  const actions: readonly string[] = ["create", "change", "delete"];
  return entries.some(({ action, path }) => actions.includes(action) && serviceOf(path) === service);
}

/** A host that goes on without a saga, told by that saga's test: the runtime refuses to strand those under way. */
function movedFrom({ action, path }: PlanEntry, plan: Plan, gone: readonly string[]): readonly string[] {
  const [, host, saga] = /^services\/([^/]+)\/test\/sagas\/([^/]+)\.test\.ts$/.exec(path) ?? [];
  const isGone = action === "delete" || action === "orphan";
  if (!isGone || host === undefined || gone.includes(host) || !isTouched(plan, host)) return [];
  return [
    `${host} does not host the saga ${saga} any more, and refuses to start while one that it has begun has not ended:`,
    `  let all end before this is deployed (\`eda sagas --service ${host} --saga ${saga}\`).`,
  ];
}

function serviceOf(path: string): string {
  return ofService.exec(path)?.[1] ?? "";
}

function partOf(path: string): string | undefined {
  return ofService.exec(path)?.[2];
}
