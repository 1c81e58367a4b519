import { pathToFileURL } from "node:url";
import { createService } from "../../../templates/runtime/src/service/host.ts";
import { hostDefinition, implementationOf, participantDefinitions } from "./three-steps.ts";

/** A process of the measured system: one host, or the three participants. Says `ready`, and ends when it is told to. */
const settings = JSON.parse(process.env.SETTINGS ?? "{}") as {
  readonly part: "host" | "participants";
  readonly brokerUrl: string;
  readonly databaseUrls: Readonly<Record<string, string>>;
  readonly migrations: string;
  readonly instance: string;
};
const definitions = settings.part === "host" ? [hostDefinition] : participantDefinitions;
const services = definitions.map((definition) =>
  createService(
    definition,
    implementationOf(definition),
    {
      role: "all",
      instance: settings.instance,
      host: "127.0.0.1",
      port: 0,
      adminHost: "127.0.0.1",
      adminPort: 0,
      databaseUrl: settings.databaseUrls[definition.name] ?? "",
      broker: { kind: "embedded", url: settings.brokerUrl },
      logLevel: "error",
      shutdownTimeoutMs: 10_000,
    },
    { migrations: new URL(`${pathToFileURL(settings.migrations).href}/`) },
  ),
);
for (const service of services) await service.start();
process.send?.("ready");
process.once("message", async () => {
  for (const service of services) await service.stop();
  process.exit(0);
});
process.once("disconnect", () => process.exit(1));
