import { sagaNames } from "../valid-system.ts";
import { drop, isCommand, type Mutation, mapAt, mutation, type Part, set } from "./mutation.ts";

/** S04: no timeout, no deadline. */
export function times(parts: readonly Part[]): Mutation[] {
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

/** S05: more than the deadline. */
export function budgets(): Mutation[] {
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

/** S11: durations and retries that cannot be. */
export function retries(parts: readonly Part[]): Mutation[] {
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
