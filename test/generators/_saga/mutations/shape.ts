import { drop, type Mutation, mapAt, misspelt, mutation, type Part, rename, set } from "./mutation.ts";

/** S01, as all in this file: not the form of a saga. */
export function misspeltKeys(parts: readonly Part[]): Mutation[] {
  return parts
    .filter(({ kind }) => kind !== "input")
    .flatMap((part) => Object.keys(mapAt(part)).map((key) => rename("S01", part, key, misspelt(key))));
}

export function unknownKeys(parts: readonly Part[]): Mutation[] {
  return parts.filter(({ kind }) => kind !== "input").map((part) => set("S01", part, "colour", "red"));
}

export function missingKeys(parts: readonly Part[]): Mutation[] {
  return parts.flatMap((part) => [
    ...required[part.kind].map((key) => drop("S01", part, key)),
    ...("on" in mapAt(part) ? [drop("S01", part, "on")] : []),
  ]);
}

const required: Readonly<Record<Part["kind"], readonly string[]>> = {
  top: ["saga", "version", "style", "trigger", "key", "steps"],
  group: ["parallel"],
  step: ["id", "command", "success"],
  compensation: ["command", "success"],
  ending: ["command", "success"],
  retry: ["attempts"],
  input: [],
};

export function wrongTypes(parts: readonly Part[]): Mutation[] {
  return parts
    .filter(({ kind }) => kind !== "input")
    .flatMap((part) =>
      Object.keys(mapAt(part)).flatMap((key) => (wrong[key] ?? []).map((value) => set("S01", part, key, value))),
    );
}

const wrong: Readonly<Record<string, readonly unknown[]>> = {
  saga: [7, null, "Payment", "", ["payment"]],
  version: ["one", 0, 1.5, null, -1],
  description: [5, ["x"], null],
  style: ["orchestrated", 1, null],
  trigger: ["OrderPlaced", 3, null, "orders.orderPlaced"],
  key: ["orderId", "$.on.orderId", "$.trigger", 4, null],
  steps: [[], {}, "none", null, [5], [null]],
  parallel: [[], {}, null, ["x"]],
  id: [5, null, "Reserve Stock", ""],
  kind: ["pivott", 1, null, "final"],
  command: ["ReserveStock", 5, null, "a.b", ["inventory.ReserveStock"]],
  success: ["StockReserved", 5, null, {}],
  failure: ["StockRejected", 5, null],
  on: ["OrderConfirmed", 5, null],
  input: ["all", 5, null, []],
  retry: [5, "often", null, []],
  attempts: ["5", 1.5, null],
  multiplier: ["2", null],
  jitter: ["some", true, null],
  deadline: [true, ["15m"], {}],
  timeout: [true, ["15m"], {}],
  initial: [true, {}],
  max: [true, {}],
};

export function wrongShapes(parts: readonly Part[]): Mutation[] {
  const steps = parts.filter(({ kind }) => kind === "step");
  return [
    ...steps.flatMap((part) => [
      set("S01", part, "id", "completed"),
      set("S01", part, "id", "compensated"),
      set("S01", part, "compensation", "nothing"),
      set("S01", part, "compensation", []),
      set("S01", part, "reason", 5),
      ...(mapAt(part).compensation === undefined || mapAt(part).compensation === "none"
        ? []
        : [set("S01", part, "kind", "retriable")]),
      ...(part.saga === "loyalty" ? [] : [set("S01", part, "on", "orders.OrderPlaced")]),
    ]),
    ...(["payment", "parcel", "loyalty"] as const).map((saga) =>
      mutation("S01", { saga, path: [], kind: "top" }, "has a step id twice", (whole) => {
        const last = whole.steps.at(-1);
        const first = whole.steps[0].parallel?.[0] ?? whole.steps[0];
        last.id = first.id;
        // What read the reply of either has another to read.
        const text = JSON.stringify(whole).replaceAll(/\$\.steps\.[a-z-]+\.[a-z]+/g, "$.trigger.orderId");
        Object.assign(whole, JSON.parse(text));
      }),
    ),
    mutation("S01", { saga: "parcel", path: ["steps", 0], kind: "group" }, "has a group in a group", (group) => {
      group.parallel[0] = { parallel: [group.parallel[0]] };
    }),
    ...(["completed", "compensated"] as const).map((ending) =>
      set("S01", { saga: "loyalty", path: [], kind: "top" }, ending, {
        command: "gifts.SendGift",
        input: { orderId: "$.on.orderId" },
        success: "gifts.GiftSent",
      }),
    ),
  ];
}
