import type { Open } from "../valid-system.ts";
import { drop, type Mutation, mapAt, mutation, type Part, type Path, set } from "./mutation.ts";

/** S02: a compensatable step without its compensation. */
export function compensations(parts: readonly Part[]): Mutation[] {
  return parts
    .filter((part) => part.kind === "step" && (mapAt(part).kind ?? "compensatable") === "compensatable")
    .flatMap((part) => {
      const isNone = mapAt(part).compensation === "none";
      return [
        drop("S02", part, "compensation"),
        set("S02", part, "compensation", null),
        ...(isNone
          ? [drop("S02", part, "reason"), set("S02", part, "reason", null), set("S02", part, "reason", "")]
          : [set("S02", part, "compensation", "none")]),
      ];
    });
}

/** S03: kinds in an order that cannot be undone. */
export function kinds(): Mutation[] {
  const at = (saga: Mutation["saga"], what: string, kindsOf: readonly (string | undefined)[]): Mutation =>
    mutation("S03", { saga, path: ["steps"], kind: "step" }, what, (steps: Open[]) => {
      const all = steps.flatMap((step) => step.parallel ?? [step]);
      kindsOf.forEach((kind, index) => {
        if (kind === undefined) delete all[index].kind;
        else all[index].kind = kind;
        if (kind === "retriable") {
          delete all[index].compensation;
          delete all[index].failure;
        }
        if (kind === "compensatable" && !all[index].compensation) {
          Object.assign(all[index], { compensation: "none", reason: "it may stand" });
        }
      });
    });
  return [
    at("payment", "pivot first", ["pivot", "compensatable", "compensatable"]),
    at("payment", "pivot in the middle", ["compensatable", "pivot", "compensatable"]),
    at("payment", "pivot twice", ["compensatable", "pivot", "pivot"]),
    at("payment", "retriable before the pivot", ["compensatable", "retriable", "pivot"]),
    at("payment", "retriable before compensatable", ["retriable", "compensatable", "compensatable"]),
    at("payment", "pivot last but one, compensatable last", ["compensatable", "pivot", "compensatable"]),
    at("parcel", "members of two kinds", ["compensatable", "retriable", "pivot", "retriable"]),
    at("parcel", "a pivot in a group", ["compensatable", "pivot", "retriable", "retriable"]),
    at("parcel", "all members pivots", ["pivot", "pivot", "retriable", "retriable"]),
    at("parcel", "compensatable after the pivot", ["compensatable", "compensatable", "pivot", "compensatable"]),
    at("parcel", "pivot after retriable", ["compensatable", "compensatable", "retriable", "pivot"]),
    at("loyalty", "pivot before compensatable", ["pivot", "compensatable"]),
  ];
}

/** S12: what may fail after the pivot. */
export function afterPivot(): Mutation[] {
  const notice: Part = { saga: "parcel", path: ["steps", 2], kind: "step" };
  return [
    mutation("S12", notice, "can fail", (step, { manifest }) => {
      manifest.services.shipping.commands.SendNotice.emits.push("Unheard");
      step.failure = "shipping.Unheard";
    }),
    mutation(
      "S12",
      { saga: "payment", path: ["steps", 2], kind: "step" },
      "retriable, and can fail",
      (step, { manifest }) => {
        manifest.services.payments.commands.RefundPayment.http = true;
        step.kind = "retriable";
        delete step.compensation;
      },
    ),
  ];
}

/** S16: undone by another service. */
export function elsewhere(): Mutation[] {
  const undo = (saga: Mutation["saga"], ...path: Path): Part => ({
    saga,
    path: [...path, "compensation"],
    kind: "compensation",
  });
  return [
    set("S16", undo("payment", "steps", 0), "command", "payments.RefundPayment"),
    set("S16", undo("payment", "steps", 0), "command", "fraud.ScreenPayment"),
    set("S16", undo("payment", "steps", 0), "command", "fraud.ReleaseStock"),
    set("S16", undo("payment", "steps", 2), "command", "inventory.ReleaseStock"),
    set("S16", undo("parcel", "steps", 0, "parallel", 0), "command", "inventory.ReleaseStock"),
    set("S16", undo("parcel", "steps", 0, "parallel", 1), "command", "orders.CancelOrder"),
    set("S16", undo("loyalty", "steps", 0), "command", "payments.RefundPayment"),
  ];
}
