import type { Reference } from "../_saga/draft.ts";
import type { Command, EventType, RecordType, Service, System } from "../_system/system.ts";

/** What the services of a system take and publish, by name. */
export interface Contracts {
  service(name: string): ServiceContracts | undefined;
  readonly services: Iterable<string>;
  command(reference: Reference | undefined): CommandContract | undefined;
  event(reference: Reference | undefined): EventContract | undefined;
}

export interface ServiceContracts {
  readonly commands: ReadonlyMap<string, Command>;
  readonly events: ReadonlyMap<string, EventType>;
  readonly records: Records;
}

/** A service's records by name. */
export type Records = ReadonlyMap<string, RecordType>;

export interface CommandContract {
  readonly command: Command;
  readonly records: Records;
}

export interface EventContract {
  readonly event: EventType;
  readonly records: Records;
}

const known = new WeakMap<System, Contracts>();

/** Built once a system. */
export function contractsOf(system: System): Contracts {
  let contracts = known.get(system);
  if (!contracts) {
    contracts = read(system);
    known.set(system, contracts);
  }
  return contracts;
}

function read(system: System): Contracts {
  const services = new Map(system.services.map((service) => [service.name, contractsOfService(service)]));
  return {
    service: (name) => services.get(name),
    services: [...services.keys()],
    command(reference) {
      const service = reference && services.get(reference.service);
      const command = service?.commands.get(reference!.name);
      return service && command && { command, records: service.records };
    },
    event(reference) {
      const service = reference && services.get(reference.service);
      const event = service?.events.get(reference!.name);
      return service && event && { event, records: service.records };
    },
  };
}

function contractsOfService({ commands, events, types }: Service): ServiceContracts {
  return { commands: byName(commands), events: byName(events), records: byName(types) };
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((each) => [each.name, each]));
}
