import type { NodePath } from "../_system/place.ts";
import type { EventRef, Field } from "../_system/system.ts";
import { declarationsOf } from "./declarations.ts";
import type { RuleContext } from "./rule.ts";

/** Something that must carry a field as its key and does not, or has it as an option only. */
export interface MissingKey {
  /** What lacks it: `Event orders.OrderPlaced`. */
  readonly what: string;
  readonly key: string;
  /** Why it has to be there. */
  readonly because: string;
  readonly at: NodePath;
  readonly part: "key" | "value";
  /** Present, but optional. */
  readonly optional: boolean;
  readonly hint: string;
}

/**
 * Messages that lack their key. An event and a command carry the key of their service; an event that a read model or a
 * stream application reads carries the key of that.
 */
export function* missingKeys({ system }: RuleContext): Iterable<MissingKey> {
  const declarations = declarationsOf(system);
  for (const service of system.services) {
    const sections = [
      { kind: "Event", section: "events", messages: service.events },
      { kind: "Command", section: "commands", messages: service.commands },
    ] as const;
    for (const { kind, section, messages } of sections) {
      for (const message of messages) {
        const state = keyState(message.fields, service.key);
        if (state === "present") continue;
        const optional = state === "optional";
        const fields = `services.${service.name}.${section}.${message.name}.fields`;
        yield {
          what: `${kind} ${service.name}.${message.name}`,
          key: service.key,
          because: `the key of service ${service.name}`,
          at: ["services", service.name, section, message.name, ...(optional ? ["fields", service.key] : [])],
          part: optional ? "value" : "key",
          optional,
          hint: optional
            ? `Take the ? from the type of ${service.key} in ${fields}`
            : `Add ${service.key}: uuid to ${fields}, or name another field in services.${service.name}.key`,
        };
      }
    }
  }

  const lacking = function* (
    reader: string,
    refs: readonly EventRef[],
    key: string,
    at: NodePath,
  ): Iterable<MissingKey> {
    for (const ref of refs) {
      const publisher = declarations.get(ref.service);
      const event = publisher?.events.get(ref.event);
      // Reported elsewhere: an event that is not there at all, and one that lacks its own service's key.
      if (!event || publisher?.service.key === key) continue;
      const state = keyState(event.fields, key);
      if (state === "present") continue;
      yield {
        what: `Event ${ref.service}.${ref.event}`,
        key,
        because: `the key of ${reader}`,
        at,
        part: "value",
        optional: state === "optional",
        hint: `Write a field that each of its events carries, or add ${key} to services.${ref.service}.events.${ref.event}.fields`,
      };
    }
  };
  for (const { name, from, key } of system.readModels) {
    yield* lacking(`read model ${name}`, from, key, ["readModels", name, "key"]);
  }
  for (const { name, from, join, key } of system.streamsApps) {
    yield* lacking(`stream application ${name}`, join ? [...from, join] : from, key, ["streamsApps", name, "key"]);
  }
}

function keyState(fields: readonly Field[], key: string): "present" | "optional" | "absent" {
  const field = fields.find((candidate) => candidate.name === key);
  if (!field) return "absent";
  return field.type.kind === "optional" ? "optional" : "present";
}
