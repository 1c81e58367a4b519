import type { EventType, Service, System } from "../_system/system.ts";

/** What one service declares, by name. */
export interface Declarations {
  readonly service: Service;
  readonly commands: ReadonlySet<string>;
  readonly events: ReadonlyMap<string, EventType>;
  readonly types: ReadonlySet<string>;
}

const known = new WeakMap<System, ReadonlyMap<string, Declarations>>();

/** Everything that references may name, by service: built once a system, so that no rule scans a list inside a list. */
export function declarationsOf(system: System): ReadonlyMap<string, Declarations> {
  let declarations = known.get(system);
  if (!declarations) {
    declarations = new Map(system.services.map((service) => [service.name, declaredBy(service)]));
    known.set(system, declarations);
  }
  return declarations;
}

function declaredBy(service: Service): Declarations {
  return {
    service,
    commands: new Set(service.commands.map((command) => command.name)),
    events: new Map(service.events.map((event) => [event.name, event])),
    types: new Set(service.types.map((type) => type.name)),
  };
}
