import { EdaError } from "../_system/errors.ts";
import { didYouMean } from "../_system/suggest.ts";
import type { Command, EventType, Service, System } from "../_system/system.ts";

/** Looks things up in a system; what is not there is refused with the nearest name. */

export interface CommandOf {
  readonly service: Service;
  readonly command: Command;
}

export interface EventOf {
  readonly service: Service;
  readonly event: EventType;
}

/** `inventory.ReserveStock`. */
export function refOf({ service, ...named }: CommandOf | EventOf): string {
  return `${service.name}.${"command" in named ? named.command.name : named.event.name}`;
}

export function commandsOf({ services }: System): readonly CommandOf[] {
  return services.flatMap((service) => service.commands.map((command) => ({ service, command })));
}

export function eventsOf({ services }: System): readonly EventOf[] {
  return services.flatMap((service) => service.events.map((event) => ({ service, event })));
}

export function findCommand(system: System, ref: string): CommandOf {
  const all = commandsOf(system);
  const found = all.find((each) => refOf(each) === ref);
  if (found !== undefined) return found;
  const [service = "", name = ""] = ref.split(".");
  const how = system.services.some((each) => each.name === service)
    ? `It handles ${listed(all.filter((each) => each.service.name === service).map((each) => each.command.name))}`
    : `Run \`eda add service ${service} --commands ${name} --events …\` first`;
  throw new EdaError(`There is no command ${ref}`, { hint: didYouMean(ref, all.map(refOf), how) });
}

export function findEvent(system: System, ref: string): EventOf {
  const all = eventsOf(system);
  const found = all.find((each) => refOf(each) === ref);
  if (found !== undefined) return found;
  const [service = ""] = ref.split(".");
  const own = all.filter((each) => each.service.name === service);
  const how =
    own.length > 0
      ? `${service} publishes ${listed(own.map(({ event }) => event.name))}`
      : `Events are ${listed(all.map(refOf))}`;
  throw new EdaError(`There is no event ${ref}`, { hint: didYouMean(ref, all.map(refOf), how) });
}

/** An event of a service, written with or without the service's name in front. */
export function ownEvent(service: Service, text: string): string {
  const name = text.startsWith(`${service.name}.`) ? text.slice(service.name.length + 1) : text;
  const names = service.events.map((event) => event.name);
  if (names.includes(name)) return name;
  throw new EdaError(`${service.name} publishes no event ${JSON.stringify(name)}`, {
    hint: didYouMean(name, names, `It publishes ${listed(names)}`),
  });
}

/** The command that takes another one back, where the manifest has just one that can answer. */
export function undoing({ service, command }: CommandOf): CommandOf | undefined {
  const found = service.commands.filter(({ undoes, emits }) => undoes === command.name && emits.length > 0);
  return found.length === 1 ? { service, command: found[0]! } : undefined;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "nothing yet";
  return names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
}
