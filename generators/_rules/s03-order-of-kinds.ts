import type { DraftStep, SagaDraft } from "../_saga/draft.ts";
import { aloneExample } from "./saga-example.ts";
import { type SagaFault, sagaRule } from "./saga-rule.ts";

const hint = "The order is: compensatable steps, then at most one pivot, then retriable steps";

export const orderOfKinds = sagaRule({
  id: "EDA-S03",
  severity: "error",
  title:
    "order of kinds: compensatable steps, then at most one pivot, then retriable ones; a parallel group has one kind, and it is not pivot",
  explanation:
    "Before the pivot a saga can go back, after it only forward. A step behind it that may be refused and taken back " +
    "has no way to go: what the pivot did stands. Two pivots are two points of no return, and a failure between them " +
    "leads nowhere. In a parallel group all members are under way at once, so none of them can be the point that " +
    "decides for the others.",
  examples: [
    {
      fails: aloneExample("completed:", lastStep("compensatable")),
      repair: aloneExample("completed:", lastStep("retriable")),
    },
  ].map(({ fails, repair }) => ({ fails: withPivot(fails), repair: withPivot(repair) })),
  alone: true,
  judge: ({ document }) => disorders(document.draft),
});

/** The first step of each kind of disorder and every one after it. Also where EDA-S12 has nothing to add. */
export function* disorders({ groups }: SagaDraft): Iterable<SagaFault> {
  let behind: DraftStep | undefined;
  let pivot: DraftStep | undefined;
  for (const group of groups) {
    const mixed = mixedGroup(group);
    if (mixed) yield mixed;
    for (const step of mixed ? [] : group) {
      if (step.kind === "pivot") {
        if (pivot) yield faultOf(step, `${step.label} is a second pivot after ${nameOf(pivot)}`);
        else if (behind)
          yield faultOf(step, `${step.label} is the pivot and comes after ${nameOf(behind)}, which is ${behind.kind}`);
        pivot ??= step;
        behind ??= step;
      } else if (step.kind === "retriable") {
        behind ??= step;
      } else if (step.kind === "compensatable" && behind) {
        yield faultOf(
          step,
          `${step.label} is compensatable and comes after ${nameOf(behind)}, which is ${behind.kind === "pivot" ? "the pivot" : behind.kind}`,
        );
      }
    }
  }
}

function mixedGroup(group: readonly DraftStep[]): SagaFault | undefined {
  if (!group.some(({ at }) => at.length > 2)) return undefined;
  const pivot = group.find(({ kind }) => kind === "pivot");
  if (pivot) return faultOf(pivot, `${pivot.label} is the pivot and a member of a parallel group`);
  const known = group.filter(({ kind }) => kind !== undefined);
  const other = known.find(({ kind }) => kind !== known[0]!.kind);
  return (
    other &&
    faultOf(
      other,
      `${other.label} is ${other.kind} in a parallel group where ${nameOf(known[0]!)} is ${known[0]!.kind}`,
    )
  );
}

function nameOf({ label }: DraftStep): string {
  return label.replace(/^S/, "s");
}

function faultOf(step: DraftStep, message: string): SagaFault {
  return { at: [...step.at, "kind"], message, hint };
}

function lastStep(kind: string): string {
  const compensation = kind === "compensatable" ? "\n    compensation: none\n    reason: it may stand" : "";
  return `  - id: confirm
    kind: ${kind}
    command: orders.ConfirmOrder
    input: { orderId: $.trigger.orderId }
    success: orders.OrderConfirmed${compensation}
completed:`;
}

function withPivot(example: ReturnType<typeof aloneExample>) {
  const files = Object.entries(example.files ?? {}).map(([path, text]) => [
    path,
    text.replace("  - id: capture-payment\n", "  - id: capture-payment\n    kind: pivot\n"),
  ]);
  return { files: Object.fromEntries(files) };
}
