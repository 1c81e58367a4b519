import { sagaNames } from "../valid-system.ts";
import { isCommand, type Mutation, mapAt, misspelt, mutation, type Part, set } from "./mutation.ts";

/** S06: nobody has the name. */
export function names(parts: readonly Part[]): Mutation[] {
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

const references = ["trigger", "command", "success", "failure", "on"];

/** S07: not what the command tells. */
export function outcomes(parts: readonly Part[]): Mutation[] {
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
