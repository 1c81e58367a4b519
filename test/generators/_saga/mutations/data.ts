import { type Open, sagaNames } from "../valid-system.ts";
import {
  drop,
  isCommand,
  type Mutation,
  mapAt,
  misspelt,
  misspeltEnd,
  mutation,
  type Part,
  type Path,
  rename,
  set,
} from "./mutation.ts";

/** S08: a value that is not there, or of another type. */
export function inputs(parts: readonly Part[]): Mutation[] {
  const paths = parts
    .filter(({ kind }) => kind === "input")
    .flatMap((part) =>
      Object.entries<unknown>(mapAt(part)).flatMap(([field, text]) => {
        const isUuid = field === "orderId" || field === "customerId";
        const other =
          part.saga === "loyalty" ? ["$.on.nothing"] : ["$.trigger.nothing", "$.trigger.lines", "$.trigger.note"];
        const unreadable = ["$.triger.orderId", "$.step.orderId", "$.saga.name", "$.failure", "$.steps.none.x"];
        return [
          ...[...other, ...unreadable].map((path) => set("S08", part, field, path)),
          ...(typeof text === "string" && /^\$\.(trigger|on)/.test(text)
            ? [set("S08", part, field, misspeltEnd(text))]
            : []),
          ...(isUuid
            ? [set("S08", part, field, "none"), set("S08", part, field, 5), set("S08", part, field, "$.saga.id")]
            : []),
        ];
      }),
    )
    .filter(({ what }) => !what.endsWith('lines: "$.trigger.lines"'))
    // Compensated reads no step at all, whether it is there or not.
    .filter(({ what }) => !(what.startsWith("payment: compensated") && what.includes("$.steps.none")))
    // A text may stand where a text is wanted.
    .filter(({ what }) => !/(?:reason|sagaId|city|country): "\$\.saga\.id"/.test(what));
  const step = (saga: Mutation["saga"], ...path: Path): Part => ({ saga, path, kind: "input" });
  const reserve = step("payment", "steps", 0, "input");
  const book = step("parcel", "steps", 0, "parallel", 0, "input");
  const label = step("parcel", "steps", 0, "parallel", 1, "input");
  return [
    ...paths,
    set("S08", reserve, "lines", "$.trigger.orderId"),
    set("S08", reserve, "lines", [{ sku: "a" }]),
    set("S08", reserve, "lines", [{ sku: "a", quantity: "1" }]),
    set("S08", reserve, "lines", [{ sku: "$.trigger.orderId", quantity: 1 }]),
    set("S08", reserve, "orderId", "$.on.orderId"),
    set("S08", reserve, "orderId", "$.failure.reason"),
    set("S08", reserve, "orderId", "$.steps.reserve-stock.orderId"),
    set("S08", reserve, "orderId", "$.steps.capture-payment.orderId"),
    set("S08", step("payment", "steps", 1, "input"), "orderId", "$.steps.reserve-stock.warehouse"),
    set("S08", step("payment", "steps", 1, "input"), "orderId", "$.steps.reserve-stok.orderId"),
    set("S08", step("payment", "steps", 2, "input"), "amount", { amount: 5 }),
    set("S08", step("payment", "steps", 2, "input"), "amount", { amount: 5, currency: "euro" }),
    set("S08", step("payment", "steps", 2, "input"), "amount", "$.trigger.total.amount"),
    set("S08", step("payment", "completed", "input"), "orderId", "$.failure.reason"),
    set("S08", step("payment", "completed", "input"), "orderId", "$.steps.capture-payment.receipt"),
    set("S08", step("payment", "compensated", "input"), "reason", "$.trigger.note"),
    set("S08", book, "orderId", "$.steps.print-label.orderId"),
    set("S08", book, "city", "$.trigger.address"),
    set("S08", book, "city", "$.trigger.address.town"),
    set("S08", label, "size", "medium"),
    set("S08", label, "size", "$.trigger.address.country"),
    set("S08", label, "size", "$.trigger.address.city"),
    set("S08", step("parcel", "steps", 0, "parallel", 1, "compensation", "input"), "attempt", "once"),
    set("S08", step("parcel", "steps", 1, "input"), "booking", "$.steps.print-label.pages"),
    set("S08", step("parcel", "steps", 1, "input"), "booking", "$.steps.send-notice.orderId"),
    set("S08", step("loyalty", "steps", 1, "input"), "orderId", "$.trigger.orderId"),
    set("S08", step("loyalty", "steps", 1, "input"), "orderId", "$.steps.earn-points.orderId"),
    ...sagaNames.flatMap((saga) => {
      const top: Part = { saga, path: [], kind: "top" };
      return [
        set("S08", top, "key", "$.trigger.ordreId"),
        set("S08", top, "key", "$.trigger.orderId.x"),
        ...(saga === "loyalty"
          ? [set("S08", top, "key", "$.trigger.customerId")]
          : [set("S08", top, "key", "$.trigger.note"), set("S08", top, "key", "$.trigger.total")]),
      ];
    }),
    ...(["loyalty.PointsEarned", "loyalty.PointsRefused", "gifts.GiftSent"] as const).map((event) =>
      mutation("S08", { saga: "loyalty", path: [], kind: "top" }, `${event} without the key`, (_, system) => {
        const [service = "", name = ""] = event.split(".");
        const { services } = system.manifest;
        services[service].key = "accountId";
        for (const message of [
          ...Object.values<Open>(services[service].events),
          ...Object.values<Open>(services[service].commands),
        ]) {
          message.fields.accountId = "uuid?";
        }
        services[service].key = "orderId";
        services[service].events[name].fields.orderId = "string";
      }),
    ),
  ];
}

/** S09: a reply that may not have come. */
export function unknownReplies(): Mutation[] {
  const input = (saga: Mutation["saga"], ...path: Path): Part => ({ saga, path: [...path, "input"], kind: "input" });
  return [
    set("S09", input("payment", "steps", 0, "compensation"), "orderId", "$.steps.reserve-stock.orderId"),
    set("S09", input("payment", "steps", 2, "compensation"), "orderId", "$.steps.capture-payment.orderId"),
    set("S09", input("payment", "compensated"), "orderId", "$.steps.reserve-stock.orderId"),
    set("S09", input("payment", "compensated"), "reason", "$.steps.capture-payment.receipt"),
    set("S09", input("parcel", "steps", 0, "parallel", 0, "compensation"), "orderId", "$.steps.book-carrier.orderId"),
    set("S09", input("parcel", "steps", 0, "parallel", 0, "compensation"), "orderId", "$.steps.print-label.orderId"),
    set("S09", input("parcel", "steps", 0, "parallel", 1, "compensation"), "orderId", "$.steps.book-carrier.orderId"),
  ];
}

/** S10: not the fields of the command. */
export function fields(parts: readonly Part[]): Mutation[] {
  return parts
    .filter(({ kind }) => kind === "input")
    .flatMap((part) => [
      set("S10", part, "colour", "red"),
      ...Object.keys(mapAt(part)).flatMap((field) => [
        ...(field === "attempt" ? [] : [drop("S10", part, field)]),
        rename("S10", part, field, misspelt(field)),
      ]),
    ])
    .concat(parts.filter(isCommand).map((part) => drop("S10", part, "input")));
}
