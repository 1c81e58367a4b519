import type { SagaCommand, SagaDefinition, SagaDirection } from "../../templates/runtime/src/saga/definition.ts";
import type { Command, SagaEntry, Service, System } from "../_system/system.ts";

/** A command that a saga has sent, and where in it: a step or an ending, in a direction. */
export interface Stage {
  readonly saga: SagaWithFlow;
  /** Of the step; `completed` or `compensated` of an ending. */
  readonly step: string;
  readonly direction: SagaDirection;
  readonly sent: SagaCommand;
}

export type SagaWithFlow = SagaEntry & { readonly flow: SagaDefinition };

/** A command of a service that sagas send, or that only they could: it has a handler of its own. */
export interface HandledCommand {
  readonly command: Command;
  /** Empty while no saga sends it. */
  readonly stages: readonly Stage[];
}

/** Who does what in a system's sagas, as far as their flows are known. */
interface Roles {
  readonly stages: ReadonlyMap<string, readonly Stage[]>;
  readonly hosted: ReadonlyMap<string, readonly SagaWithFlow[]>;
}

/** A system never changes, so its sagas are walked once. */
const known = new WeakMap<System, Roles>();

function rolesIn(system: System): Roles {
  const found = known.get(system);
  if (found !== undefined) return found;
  const messages = new Set(
    system.services.flatMap(({ name, commands, events }) => [
      ...commands.map((command) => `command ${name}.${command.name}`),
      ...events.map((event) => `event ${name}.${event.name}`),
    ]),
  );
  const sagas = system.sagas.filter((saga): saga is SagaWithFlow => saga.flow !== undefined);
  const stages = sagas.flatMap(stagesOf);
  const roles = {
    stages: Map.groupBy(
      stages.filter(({ sent }) => messages.has(`command ${sent.command}`)),
      ({ sent }) => serviceOf(sent.command),
    ),
    hosted: Map.groupBy(
      sagas.filter((saga) => isSound(saga, messages)),
      ({ service }) => service,
    ),
  };
  known.set(system, roles);
  return roles;
}

/** A saga that names what is not there cannot run: it is left out of its host. Rule EDA-S06 says what it misses. */
function isSound(saga: SagaWithFlow, messages: ReadonlySet<string>): boolean {
  return (
    eventsOf(saga).every((event) => messages.has(`event ${event}`)) &&
    stagesOf(saga).every(({ sent }) => messages.has(`command ${sent.command}`))
  );
}

/** Every stage of a saga: its steps in order, each followed by its compensation, then the endings. */
export function stagesOf(saga: SagaWithFlow): readonly Stage[] {
  const { groups, completed, compensated } = saga.flow;
  return [
    ...groups
      .flat()
      .flatMap((step): Stage[] => [
        { saga, step: step.id, direction: "forward", sent: step },
        ...(step.compensation
          ? [{ saga, step: step.id, direction: "compensation", sent: step.compensation } as const]
          : []),
      ]),
    ...(completed ? [{ saga, step: "completed", direction: "forward", sent: completed } as const] : []),
    ...(compensated ? [{ saga, step: "compensated", direction: "forward", sent: compensated } as const] : []),
  ];
}

/** Every event that a saga names, its trigger first; each once. */
export function eventsOf(saga: SagaWithFlow): readonly string[] {
  const outcomes = stagesOf(saga).flatMap(({ sent: { success, failure, on } }) => [on, success, failure]);
  return [...new Set([saga.flow.trigger, ...outcomes.filter((event) => event !== undefined)])];
}

/** What sagas ask of a service, in the order of the sagas. Commands that it does not have are left out. */
export function stagesAt(system: System, { name }: Service): readonly Stage[] {
  return rolesIn(system).stages.get(name) ?? [];
}

/** The sagas that a service hosts and that can run. */
export function hostedBy(system: System, { name }: Service): readonly SagaWithFlow[] {
  return rolesIn(system).hosted.get(name) ?? [];
}

/** Sagas that do not run as things stand: their file cannot be read, or they name what the system does not have. */
export function sagasLeftOut(system: System): readonly SagaEntry[] {
  const hosts = new Set(system.services.map(({ name }) => name));
  const running = new Set([...rolesIn(system).hosted.values()].flat().map(({ name }) => name));
  return system.sagas.filter(({ name, service }) => !running.has(name) || !hosts.has(service));
}

/** The commands of a service that have a handler of their own. */
export function handledBy(system: System, service: Service): readonly HandledCommand[] {
  const stages = Map.groupBy(stagesAt(system, service), ({ sent }) => messageOf(sent.command));
  return service.commands.flatMap((command) => {
    const asked = stages.get(command.name) ?? [];
    return asked.length > 0 || command.external ? [{ command, stages: asked }] : [];
  });
}

/** `inventory` of `inventory.ReserveStock`. */
export function serviceOf(reference: string): string {
  return reference.slice(0, reference.indexOf("."));
}

/** `ReserveStock` of `inventory.ReserveStock`. */
export function messageOf(reference: string): string {
  return reference.slice(reference.indexOf(".") + 1);
}
