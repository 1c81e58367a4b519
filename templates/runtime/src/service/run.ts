import { ConfigError, configFromEnv, type ServiceConfig } from "./config.ts";
import type { NamedCommand, NamedEvent, ServiceDefinition, ServiceImplementation } from "./definition.ts";
import { createService, type Service } from "./host.ts";
import { createLogger } from "./logger.ts";

/**
 * The main of a service process: reads the environment (`environmentKeys` in config.ts), starts, stops at SIGTERM or
 * SIGINT, and ends the process. Exit code 0 after a graceful stop, 1 when it could not start, could not go on, or did
 * not stop within the limit, 2 when a setting is wrong. A second signal ends it at once.
 *
 * @param migrations folder of the service's `.sql` files; default `../migrations/` from the program that was started
 */
export async function runService<State, Command extends NamedCommand, Event extends NamedEvent>(
  definition: ServiceDefinition,
  implementation: ServiceImplementation<State, Command, Event>,
  migrations?: URL,
): Promise<void> {
  let config: ServiceConfig;
  let service: Service;
  try {
    config = configFromEnv(definition);
    service = createService(definition, implementation, config, migrations === undefined ? {} : { migrations });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${definition.name}: ${error.message}\n`);
    process.exit(2);
  }
  const log = createLogger(definition.name, config.logLevel);

  const signal = Promise.withResolvers<"signal">();
  let signals = 0;
  for (const name of ["SIGTERM", "SIGINT"] as const)
    process.on(name, () => {
      signals += 1;
      if (signals > 1) process.exit(1);
      signal.resolve("signal");
    });

  try {
    // A signal during the start waits for it: what is half open cannot be closed in order. The limit holds all the same.
    void signal.promise.then(() => setTimeout(() => process.exit(1), config.shutdownTimeoutMs + 1_000).unref());
    await service.start();
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${definition.name}: ${error.message}\n`);
    else log.fatal({ err: error }, "could not start");
    process.exit(error instanceof ConfigError ? 2 : 1);
  }

  let code = 0;
  await Promise.race([signal.promise, service.failed]).catch((error: unknown) => {
    log.fatal({ err: error }, "cannot go on");
    code = 1;
  });
  await service.stop().catch((error: unknown) => {
    log.error({ err: error }, "stopped by force");
    code = 1;
  });
  process.exit(code);
}
