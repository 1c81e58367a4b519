import type { ServiceConfig } from "./config.ts";
import type { NamedCommand, NamedEvent, ServiceDefinition, ServiceImplementation } from "./definition.ts";

/** A service that can be started once and stopped once. */
export interface Service {
  /** Resolves when requests and messages are taken. Rejects, with everything closed again, when it cannot start. */
  start(): Promise<void>;
  /** Lets running requests and handlers end, in reverse order of opening. Rejects when the limit is exceeded. */
  stop(): Promise<void>;
  /** Where it listens, once started: `http://127.0.0.1:4001`. No `http` in a process that is only relay or consumer. */
  readonly addresses: { readonly http?: string; readonly admin: string };
}

export interface ServiceOptions {
  /** Folder of the service's `.sql` files. Default: `../migrations` from the program that was started. */
  readonly migrations?: URL;
}

export function createService<State, Command extends NamedCommand, Event extends NamedEvent>(
  definition: ServiceDefinition,
  _implementation: ServiceImplementation<State, Command, Event>,
  _config: ServiceConfig,
  _options: ServiceOptions = {},
): Service {
  throw new Error(`service ${definition.name}: the host is not there yet`);
}

/**
 * The main of a service process: reads the environment (`environmentKeys` in config.ts), starts, stops at SIGTERM or
 * SIGINT. Exit code 0 after a graceful stop, 1 when it could not start or did not stop within the limit, 2 when a
 * setting is wrong.
 */
export function runService<State, Command extends NamedCommand, Event extends NamedEvent>(
  definition: ServiceDefinition,
  _implementation: ServiceImplementation<State, Command, Event>,
  _options: ServiceOptions = {},
): Promise<void> {
  throw new Error(`service ${definition.name}: the host is not there yet`);
}
