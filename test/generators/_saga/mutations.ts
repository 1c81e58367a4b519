import { type Open, type OpenSystem, sagaNames, validSystem } from "./valid-system.ts";

export interface Mutation {
  /** The rule that has to catch it. */
  readonly rule: string;
  readonly what: string;
  /** Which saga is broken. */
  readonly saga: (typeof sagaNames)[number];
  apply(system: OpenSystem): void;
}

type Path = readonly (string | number)[];

/** A map of a definition: what it is, and which of its keys must be there. */
interface Part {
  readonly saga: Mutation["saga"];
  readonly path: Path;
  readonly kind: "top" | "group" | "step" | "compensation" | "ending" | "retry" | "input";
}

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

function partsOf(): readonly Part[] {
  const { sagas } = validSystem();
  const parts: Part[] = [];
  for (const saga of sagaNames) {
    const visit = (value: Open, path: Path, kind: Part["kind"]): void => {
      parts.push({ saga, path, kind });
      if (value.retry) parts.push({ saga, path: [...path, "retry"], kind: "retry" });
      if (value.input) parts.push({ saga, path: [...path, "input"], kind: "input" });
      if (typeof value.compensation === "object") visit(value.compensation, [...path, "compensation"], "compensation");
    };
    const whole = sagas[saga];
    visit(whole, [], "top");
    for (const [index, step] of whole.steps.entries()) {
      if (!step.parallel) visit(step, ["steps", index], "step");
      else {
        parts.push({ saga, path: ["steps", index], kind: "group" });
        for (const [at, member] of step.parallel.entries()) visit(member, ["steps", index, "parallel", at], "step");
      }
    }
    for (const ending of ["completed", "compensated"]) if (whole[ending]) visit(whole[ending], [ending], "ending");
  }
  return parts;
}

const commands = ["step", "compensation", "ending"] as const;
const isCommand = ({ kind }: Part): boolean => commands.some((each) => each === kind);
const original = validSystem();
const mapAt = ({ saga, path }: Part, system: OpenSystem = original): Open =>
  path.reduce<Open>((value, step) => value[step], system.sagas[saga]);

function mutation(rule: string, part: Part, what: string, change: (value: Open, system: OpenSystem) => void): Mutation {
  const { saga, path } = part;
  return {
    rule: `EDA-${rule}`,
    what: `${saga}: ${path.join(".")} ${what}`,
    saga,
    apply: (system) => change(mapAt(part, system), system),
  };
}

function set(rule: string, part: Part, key: string, value: unknown): Mutation {
  return mutation(rule, part, `${key}: ${JSON.stringify(value)}`, (map) => {
    map[key] = value;
  });
}

function drop(rule: string, part: Part, key: string): Mutation {
  return mutation(rule, part, `without ${key}`, (map) => {
    delete map[key];
  });
}

function rename(rule: string, part: Part, key: string, to: string): Mutation {
  return mutation(rule, part, `${to} in place of ${key}`, (map) => {
    const entries = Object.entries(map).map(([each, value]) => [each === key ? to : each, value] as const);
    for (const each of Object.keys(map)) delete map[each];
    Object.assign(map, Object.fromEntries(entries));
  });
}

/** Two neighbouring letters change places; where they are the same one, a letter is doubled. */
function misspelt(word: string): string {
  const at = Math.max(0, word.search(/(?<=[A-Za-z])[a-z]{2}/));
  const [a = "", b = ""] = [word[at], word[at + 1]];
  return a === b ? `${word}${word.at(-1)}` : word.slice(0, at) + b + a + word.slice(at + 2);
}

/** The last part of a reference or a path, misspelt. */
function misspeltEnd(text: string): string {
  const dot = text.lastIndexOf(".");
  return `${text.slice(0, dot + 1)}${misspelt(text.slice(dot + 1))}`;
}

function misspeltKeys(parts: readonly Part[]): Mutation[] {
  return parts
    .filter(({ kind }) => kind !== "input")
    .flatMap((part) => Object.keys(mapAt(part)).map((key) => rename("S01", part, key, misspelt(key))));
}

function unknownKeys(parts: readonly Part[]): Mutation[] {
  return parts.filter(({ kind }) => kind !== "input").map((part) => set("S01", part, "colour", "red"));
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

function missingKeys(parts: readonly Part[]): Mutation[] {
  return parts.flatMap((part) => [
    ...required[part.kind].map((key) => drop("S01", part, key)),
    ...("on" in mapAt(part) ? [drop("S01", part, "on")] : []),
  ]);
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

function wrongTypes(parts: readonly Part[]): Mutation[] {
  return parts
    .filter(({ kind }) => kind !== "input")
    .flatMap((part) =>
      Object.keys(mapAt(part)).flatMap((key) => (wrong[key] ?? []).map((value) => set("S01", part, key, value))),
    );
}

function wrongShapes(parts: readonly Part[]): Mutation[] {
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

function compensations(parts: readonly Part[]): Mutation[] {
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

function kinds(): Mutation[] {
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

function times(parts: readonly Part[]): Mutation[] {
  const tops = parts.filter(({ kind }) => kind === "top");
  return [
    ...tops.flatMap((part) => [
      drop("S04", part, "timeout"),
      drop("S04", part, "deadline"),
      set("S04", part, "deadline", null),
    ]),
    // Each command by itself is the one that has none.
    ...parts.filter(isCommand).map((part) =>
      mutation("S04", part, "alone without a timeout", (_, system) => {
        const whole = system.sagas[part.saga];
        delete whole.timeout;
        for (const other of parts.filter((each) => each.saga === part.saga && isCommand(each))) {
          mapAt(other, system).timeout = "10s";
        }
        delete mapAt(part, system).timeout;
      }),
    ),
  ];
}

function budgets(): Mutation[] {
  return sagaNames.flatMap((saga) => {
    const top: Part = { saga, path: [], kind: "top" };
    const first: Part = { saga, path: saga === "parcel" ? ["steps", 0, "parallel", 0] : ["steps", 0], kind: "step" };
    return [
      set("S05", top, "deadline", "1s"),
      set("S05", top, "timeout", "30d"),
      set("S05", top, "retry", { attempts: 1000, initial: "1d", max: "2d" }),
      set("S05", first, "timeout", "60d"),
      set("S05", first, "retry", { attempts: 500_000 }),
    ];
  });
}

const references = ["trigger", "command", "success", "failure", "on"];

function names(parts: readonly Part[]): Mutation[] {
  const refs = parts.flatMap((part) =>
    references
      .filter((key) => typeof mapAt(part)[key] === "string" && part.kind !== "input")
      .flatMap((key) => {
        const text: string = mapAt(part)[key];
        const [service = "", name = ""] = text.split(".");
        return [
          set("S06", part, key, `${service}.${misspelt(name)}`),
          set("S06", part, key, `${misspelt(service)}.${name}`),
          set("S06", part, key, `${service}.NoSuchThing`),
          set("S06", part, key, `nobody.${name}`),
        ];
      }),
  );
  const tops = sagaNames.flatMap((saga) => {
    const top: Part = { saga, path: [], kind: "top" };
    return [
      set("S06", top, "saga", misspelt(saga)),
      set("S06", top, "service", "nobody"),
      set("S06", top, "service", "fraud"),
    ];
  });
  return [...refs, ...tops];
}

function outcomes(parts: readonly Part[]): Mutation[] {
  return parts.filter(isCommand).flatMap((part) => {
    const command = mapAt(part);
    const own: string = command.command.split(".")[0];
    const foreign = own === "fraud" ? "gifts.GiftSent" : "fraud.PaymentCleared";
    const isChoreography = part.saga === "loyalty";
    const mine = ["success", "failure"].filter((key) => command[key]);
    return [
      ...(isChoreography ? [] : mine.map((key) => set("S07", part, key, foreign))),
      ...(command.failure ? [set("S07", part, "failure", command.success)] : []),
      ...(command.failure && !isChoreography ? [set("S07", part, "success", command.failure)] : []),
      ...(command.failure ? [] : [set("S07", part, "failure", command.success)]),
      ...(own === "shipping" ? [set("S07", part, "success", "shipping.Unheard")] : []),
      ...(typeof command.compensation === "object"
        ? [
            mutation("S07", part, "taken back by its own success", (map) => {
              map.compensation.success = map.success;
            }),
          ]
        : []),
      ...(part.kind === "step" && isChoreography ? [set("S07", part, "on", command.success)] : []),
    ];
  });
}

function inputs(parts: readonly Part[]): Mutation[] {
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

function unknownReplies(): Mutation[] {
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

function fields(parts: readonly Part[]): Mutation[] {
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

function retries(parts: readonly Part[]): Mutation[] {
  const badDurations = ["0s", "-5s", "30", "", "soon", "1.5s", "30 s", "30S", 30, 0, -1, "999999999d"];
  const timed = parts.filter((part) => isCommand(part) || part.kind === "top");
  return [
    ...timed.flatMap((part) => [
      ...(part.kind === "top" ? [...badDurations, null] : ["0s", 30, null]).map((value) =>
        set("S11", part, "timeout", value),
      ),
      ...[
        { attempts: 0 },
        { attempts: -1 },
        { attempts: 3, multiplier: 0.5 },
        { attempts: 3, multiplier: 0 },
        { attempts: 3, initial: "10s", max: "1s" },
        { attempts: 3, max: "100ms" },
        { attempts: 3, initial: "0s" },
        { attempts: 3, max: 5 },
      ].map((retry) => set("S11", part, "retry", retry)),
    ]),
    ...parts
      .filter(({ kind }) => kind === "top")
      .flatMap((part) => badDurations.map((value) => set("S11", part, "deadline", value))),
    ...parts
      .filter(({ kind }) => kind === "retry")
      .flatMap((part) => [
        set("S11", part, "attempts", 0),
        set("S11", part, "multiplier", 0.9),
        set("S11", part, "initial", "2h"),
        ...badDurations.map((value) => set("S11", part, "max", value)),
      ])
      // Without a longest wait of its own the first one is the longest.
      .filter(({ what }) => !/parallel\.1\.retry initial: "2h"/.test(what)),
  ];
}

function afterPivot(): Mutation[] {
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

function cycles(): Mutation[] {
  const emits = (saga: Mutation["saga"], command: string, event: string): Mutation =>
    mutation("S13", { saga, path: [], kind: "top" }, `by ${command} emitting ${event}`, (_, { manifest }) => {
      const [service = "", name = ""] = command.split(".");
      manifest.services[service].commands[name].emits.push(event);
    });
  const trigger = (saga: Mutation["saga"], event: string, more: (whole: Open, system: OpenSystem) => void): Mutation =>
    mutation("S13", { saga, path: [], kind: "top" }, `started by ${event}`, (whole, system) => {
      whole.trigger = event;
      more(whole, system);
    });
  return [
    emits("payment", "orders.ConfirmOrder", "OrderPlaced"),
    emits("payment", "orders.CancelOrder", "OrderPlaced"),
    trigger("parcel", "shipping.NoticeSent", (whole, { manifest }) => {
      const { OrderPlaced } = manifest.services.orders.events;
      manifest.services.shipping.events.NoticeSent.fields = structuredClone(OrderPlaced.fields);
      manifest.services.shipping.types = structuredClone(manifest.services.orders.types);
      for (const step of whole.steps) delete step.on;
    }),
    mutation("S13", { saga: "loyalty", path: [], kind: "top" }, "through payment", (_, { manifest, sagas }) => {
      // Payment starts at a gift's refusal, which loyalty emits; loyalty starts at the confirmation, which payment emits.
      manifest.services.gifts.events.GiftRefused.fields = structuredClone(
        manifest.services.orders.events.OrderPlaced.fields,
      );
      manifest.services.gifts.types = structuredClone(manifest.services.orders.types);
      sagas.payment.trigger = "gifts.GiftRefused";
    }),
  ];
}

function choreographies(): Mutation[] {
  const earn: Part = { saga: "loyalty", path: ["steps", 0], kind: "step" };
  const gift: Part = { saga: "loyalty", path: ["steps", 1], kind: "step" };
  const top: Part = { saga: "loyalty", path: [], kind: "top" };
  const undo: Part = { saga: "loyalty", path: ["steps", 0, "compensation"], kind: "compensation" };
  return [
    set("S14", gift, "on", "loyalty.PointsExpired"),
    set("S14", undo, "on", "gifts.GiftSent"),
    set("S14", undo, "on", "loyalty.PointsExpired"),
    set("S14", undo, "on", "orders.OrderCancelled"),
    mutation("S14", top, "started by what starts no step", (whole, { manifest }) => {
      whole.trigger = "orders.OrderCancelled";
      manifest.services.orders.events.OrderCancelled.fields.customerId = "uuid";
    }),
    mutation("S14", earn, "and gift start each other", (step, { sagas }) => {
      step.on = "gifts.GiftSent";
      step.input = { orderId: "$.on.orderId", customerId: "$.on.orderId" };
      sagas.loyalty.trigger = "orders.OrderConfirmed";
    }),
    mutation("S14", gift, "without anybody to take the points back", (_, { sagas }) => {
      sagas.loyalty.steps.push({
        id: "bring-carrier",
        kind: "retriable",
        on: "gifts.GiftSent",
        command: "shipping.SendNotice",
        input: { orderId: "$.on.orderId", sagaId: "$.saga.id" },
        success: "shipping.NoticeSent",
      });
      sagas.loyalty.steps[0].compensation.on = "shipping.NoticeSent";
    }),
  ];
}

function publications(): Mutation[] {
  return sagaNames.flatMap((saga) => {
    const top: Part = { saga, path: [], kind: "top" };
    const version = original.sagas[saga].version;
    const changed = (what: string, change: (whole: Open) => void) =>
      mutation("S15", top, `published, then ${what}`, (whole, system) => {
        system.published[`contracts/published/sagas/${saga}.v${version}.json`] = "as it was";
        change(whole);
      });
    return [
      changed("another deadline", (whole) => {
        whole.deadline = "3d";
      }),
      changed("another timeout", (whole) => {
        whole.timeout = "59s";
      }),
      changed("other attempts", (whole) => {
        whole.retry = { attempts: 4 };
      }),
    ];
  });
}

function elsewhere(): Mutation[] {
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
