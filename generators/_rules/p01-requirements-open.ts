import { unconsumedEvents } from "./consumers.ts";
import { decisionProblems } from "./phase-decision.ts";
import type { Problem, Rule, RuleContext } from "./rule.ts";

export const requirementsOpen: Rule = {
  id: "EDA-P01",
  severity: "error",
  runs: "phase",
  title:
    "phase 1, requirements, is open: an event without owner or consumer, a command without outcome, or no decision",
  explanation:
    "Everything later is built on the flow of commands and events between services. An event that no command emits is " +
    "never published, whatever waits for it; an event that nobody consumes is a reaction that was forgotten; a command " +
    "that emits nothing has a handler whose work nobody can see, and a saga that sends it would wait for a reply that " +
    "never comes. Found here they cost a line; found after the services are written they cost a change of contracts.",
  examples: [
    {
      fails: { manifest: shop("ShipParcel: { fields: { parcelId: uuid } }") },
      repair: { manifest: shop("ShipParcel: { fields: { parcelId: uuid }, emits: [ParcelShipped] }") },
    },
  ],
  *check(context) {
    yield* decisionProblems(context, "requirements");
    const { services } = context.system;
    if (services.length === 0) {
      yield { at: ["services"], part: "key", message: "There is no service", hint: "Run eda add service <name>" };
    }
    yield* withoutOutcome(context);
    for (const { service, event } of unconsumedEvents(context)) {
      yield {
        at: ["services", service, "events", event],
        part: "key",
        message: `Nobody consumes event ${service}.${event}`,
        hint: `Write subscribes: [${service}.${event}] at the service that reacts to it, or external: true at the event`,
      };
    }
  },
};

function* withoutOutcome({ system }: RuleContext): Iterable<Problem> {
  for (const { name: service, commands, events } of system.services) {
    const emitted = new Set(commands.flatMap((command) => command.emits));
    for (const { name } of events) {
      if (emitted.has(name)) continue;
      yield {
        at: ["services", service, "events", name],
        part: "key",
        message: `No command emits event ${service}.${name}, so it is never published`,
        hint: `Write emits: [${name}] at the command of ${service} that causes it`,
      };
    }
    for (const { name, emits } of commands) {
      if (emits.length > 0) continue;
      yield {
        at: ["services", service, "commands", name],
        part: "key",
        message: `Command ${service}.${name} emits nothing, so its handler has no outcome`,
        hint: `Write emits: [<Event>] at ${name}, success first, and the event under services.${service}.events`,
      };
    }
  }
}

function shop(command: string): string {
  return `eda: 1
name: shop
contexts:
  shipping: { purpose: Sends parcels }
services:
  parcels:
    context: shipping
    aggregate: Parcel
    port: 4001
    commands:
      ${command}
      LoseParcel: { fields: { parcelId: uuid }, emits: [ParcelShipped] }
    events:
      ParcelShipped: { fields: { parcelId: uuid }, external: true }
outboxes:
  parcels: { relay: polling }
phases:
  requirements: { status: decided, decision: docs/decisions/0001-requirements.md }
`;
}
