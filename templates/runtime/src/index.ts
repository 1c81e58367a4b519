/** The public face of the runtime: what the services of this repository may import. */
export type { Decider } from "./aggregate/decider.ts";
export type { Database, Transaction } from "./database/database.ts";
export type { Envelope, Message } from "./message/message.ts";
export { ConfigError, configFromEnv, environmentKeys, type ServiceConfig } from "./service/config.ts";
export type {
  ChoreographedStep,
  CommandContract,
  CommandHandler,
  EventContract,
  ExternalCommand,
  ExternalContext,
  HostedSaga,
  NamedCommand,
  NamedEvent,
  Outcome,
  Reaction,
  ReactionContext,
  ServiceDefinition,
  ServiceImplementation,
} from "./service/definition.ts";
export { createService, type Service, type ServiceOptions } from "./service/host.ts";
export { runService } from "./service/run.ts";
