import { hostname } from "node:os";
import { type TelemetrySettings, telemetryFromEnv, telemetryKeys } from "../telemetry/settings.ts";

/** How a service process runs: what differs between a laptop, a test and production. */
export interface ServiceConfig {
  /** Which parts of the service this process is. `all` is one process that does everything. */
  readonly role: Role;
  /**
   * Name of this process among those of the service, the same after a restart, which then takes up its shards and
   * partitions at once. Default: a new name at each start.
   */
  readonly instance?: string;
  /** Address of the public HTTP interface. Without `auth` only a loopback one is accepted. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Address of the admin interface. Without `adminToken` only a loopback one is accepted. */
  readonly adminHost: string;
  readonly adminPort: number;
  /** Without it the admin verbs answer 403. */
  readonly adminToken?: string;
  readonly databaseUrl: string;
  readonly broker: { readonly kind: "embedded"; readonly url: string };
  readonly auth?: AuthConfig;
  readonly logLevel: LogLevel;
  /** Where spans go, by OpenTelemetry's own variables. Without it none are made. */
  readonly telemetry?: TelemetrySettings;
  /** So long the inbox remembers what was handled. Default 30 days. */
  readonly inboxHorizonMs?: number;
  /** So long sagas are kept after their end, and what participants know of their steps. Default 90 days. */
  readonly sagaRetentionMs?: number;
  /** Sagas of one name in flight at most, stuck ones not counted (R20). Default 1,000. */
  readonly sagaLimit?: number;
  /** Where a saga that is new begins in the topic of its trigger. Default `earliest`. */
  readonly sagaFrom?: "earliest" | "latest";
  /** What a graceful stop may take before the process ends all the same. */
  readonly shutdownTimeoutMs: number;
}

export interface AuthConfig {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

export const roles = ["all", "http", "relay", "consumer"] as const;
export type Role = (typeof roles)[number];

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

const DAY_MS = 86_400_000;

/** A setting that is missing or makes no sense: one or two plain lines, no stack trace to show. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The keys that `configFromEnv` reads. */
export const environmentKeys = {
  DATABASE_URL: "postgres://role:password@host:port/database of the service. Required.",
  BROKER: "Which broker: embedded. Default embedded.",
  BROKER_URL: "Where the broker is; for embedded a postgres:// URL. Required.",
  HOST: "Address of the public interface. Default 127.0.0.1; another one needs AUTH_JWKS_URL.",
  PORT: "Port of the public interface, 0 for a free one. Default: the manifest's.",
  ADMIN_HOST: "Address of the admin interface. Default 127.0.0.1; another one needs ADMIN_TOKEN.",
  ADMIN_PORT: "Port of the admin interface, 0 for a free one. Default: the manifest's.",
  ADMIN_TOKEN: "Bearer token of the admin verbs, 16 characters or more. Without it they answer 403.",
  AUTH_JWKS_URL: "Address of the keys that sign bearer tokens. Without it nobody is asked for one.",
  AUTH_ISSUER: "Who must have issued the tokens (iss). Required with AUTH_JWKS_URL.",
  AUTH_AUDIENCE: "Whom the tokens must be meant for (aud). Required with AUTH_JWKS_URL.",
  LOG_LEVEL: `One of ${logLevels.join(", ")}. Default info.`,
  INBOX_HORIZON_DAYS: "How long the inbox remembers; an older message that comes again is skipped. Default 30.",
  SAGA_RETENTION_DAYS: "How long sagas are kept after their end; longer than the inbox remembers. Default 90.",
  SAGA_LIMIT: "Sagas of one name in flight at most, stuck ones not counted; beyond it triggers wait. Default 1000.",
  SAGA_FROM:
    "Where a saga that is new here begins in its trigger's topic: earliest, with all that it still holds, or latest. Default earliest.",
  EDA_ROLE: `One of ${roles.join(", ")}; --role overrides it. Default all.`,
  EDA_INSTANCE: "Name of this process among those of the service. Default <host name>:<admin port>.",
  SHUTDOWN_TIMEOUT_MS: "Limit of a graceful stop in milliseconds. Default 10000.",
  ...telemetryKeys,
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment and `--role` from the arguments. An empty value counts as absent.
 * @throws ConfigError that names the key and what it must hold
 */
export function configFromEnv(
  ports: { readonly port: number; readonly adminPort: number },
  environment: Environment = process.env,
  args: readonly string[] = process.argv.slice(2),
): ServiceConfig {
  const read = (key: keyof typeof environmentKeys) => environment[key]?.trim() || undefined;
  const required = (key: keyof typeof environmentKeys) => {
    const value = read(key);
    if (value === undefined) throw new ConfigError(`${key} is not set.\n${key}: ${environmentKeys[key]}`);
    return value;
  };
  const integer = (key: keyof typeof environmentKeys, fallback: number, max: number, min = 0) => {
    const text = read(key);
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) > max || Number(text) < min)
      throw new ConfigError(`${key} is "${text}": a whole number from ${min} to ${max} is expected.`);
    return Number(text);
  };
  const oneOf = <T extends string>(key: string, text: string, allowed: readonly T[]): T => {
    const found = allowed.find((value) => value === text);
    if (found === undefined) throw new ConfigError(`${key} is "${text}": one of ${allowed.join(", ")} is expected.`);
    return found;
  };

  const kind = read("BROKER") ?? "embedded";
  if (kind !== "embedded") throw new ConfigError(`BROKER is "${kind}": this runtime knows embedded.`);
  const auth = authFrom(read, required);
  const telemetry = telemetryFromEnv(environment);
  const adminToken = read("ADMIN_TOKEN");
  const adminPort = integer("ADMIN_PORT", ports.adminPort, 65535);
  // No other process of this machine has the port; a free one says nothing about who this is.
  const instance = read("EDA_INSTANCE") ?? (adminPort === 0 ? undefined : `${hostname()}:${adminPort}`);
  return {
    role: oneOf("the role", roleArgument(args) ?? read("EDA_ROLE") ?? "all", roles),
    host: read("HOST") ?? "127.0.0.1",
    port: integer("PORT", ports.port, 65535),
    adminHost: read("ADMIN_HOST") ?? "127.0.0.1",
    adminPort,
    ...(instance === undefined ? {} : { instance }),
    ...(adminToken === undefined ? {} : { adminToken }),
    databaseUrl: postgresUrl("DATABASE_URL", required("DATABASE_URL")),
    broker: { kind, url: postgresUrl("BROKER_URL", required("BROKER_URL")) },
    ...(auth === undefined ? {} : { auth }),
    ...(telemetry === undefined ? {} : { telemetry }),
    logLevel: oneOf("LOG_LEVEL", read("LOG_LEVEL") ?? "info", logLevels),
    inboxHorizonMs: integer("INBOX_HORIZON_DAYS", 30, 36_500, 1) * DAY_MS,
    sagaRetentionMs: integer("SAGA_RETENTION_DAYS", 90, 36_500, 1) * DAY_MS,
    sagaLimit: integer("SAGA_LIMIT", 1_000, 1_000_000, 1),
    sagaFrom: oneOf("SAGA_FROM", read("SAGA_FROM") ?? "earliest", ["earliest", "latest"]),
    shutdownTimeoutMs: integer("SHUTDOWN_TIMEOUT_MS", 10_000, 3_600_000),
  };
}

/**
 * What must hold for any configuration, from the environment or from a test.
 * @throws ConfigError when an interface without a token would be reachable from other machines
 */
export function checkConfig(config: ServiceConfig): void {
  if (config.auth === undefined && !isLoopback(config.host))
    throw new ConfigError(
      `HOST is "${config.host}" and AUTH_JWKS_URL is not set: without bearer tokens a service listens on loopback alone.\n` +
        "Set AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE, or HOST=127.0.0.1.",
    );
  if (config.adminToken === undefined && !isLoopback(config.adminHost))
    throw new ConfigError(
      `ADMIN_HOST is "${config.adminHost}" and ADMIN_TOKEN is not set: without a token the admin interface listens on loopback alone.\n` +
        "Set ADMIN_TOKEN, or ADMIN_HOST=127.0.0.1.",
    );
  if (config.adminToken !== undefined && config.adminToken.length < 16)
    throw new ConfigError("ADMIN_TOKEN is shorter than 16 characters: use a random one of 32 or more.");
}

/**
 * How long sagas are kept after their end, and what participants know of their steps (R20).
 * @throws ConfigError when the inbox remembers as long: a message that it no longer knows must still find them
 */
export function sagaRetentionMs({
  sagaRetentionMs: retention = 90 * DAY_MS,
  inboxHorizonMs: horizon = 30 * DAY_MS,
}: Pick<ServiceConfig, "sagaRetentionMs" | "inboxHorizonMs">): number {
  if (retention > horizon) return retention;
  throw new ConfigError(
    `SAGA_RETENTION_DAYS is ${retention / DAY_MS} and INBOX_HORIZON_DAYS is ${horizon / DAY_MS}: sagas must be kept longer than the inbox remembers.\n` +
      "Raise SAGA_RETENTION_DAYS, or lower INBOX_HORIZON_DAYS.",
  );
}

/** An address literal or `localhost`; any other name could resolve to anything. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function authFrom(
  read: (key: "AUTH_JWKS_URL" | "AUTH_ISSUER" | "AUTH_AUDIENCE") => string | undefined,
  required: (key: "AUTH_ISSUER" | "AUTH_AUDIENCE") => string,
): AuthConfig | undefined {
  const jwksUrl = read("AUTH_JWKS_URL");
  if (jwksUrl === undefined) {
    const stray = (["AUTH_ISSUER", "AUTH_AUDIENCE"] as const).find((key) => read(key) !== undefined);
    // Half a configuration is a mistake, and its quiet reading would be "ask nobody for a token".
    if (stray !== undefined) throw new ConfigError(`${stray} is set and AUTH_JWKS_URL is not: set both, or neither.`);
    return undefined;
  }
  if (!/^https?:$/.test(URL.parse(jwksUrl)?.protocol ?? ""))
    throw new ConfigError(`AUTH_JWKS_URL is "${jwksUrl}": an http or https address is expected.`);
  return { jwksUrl, issuer: required("AUTH_ISSUER"), audience: required("AUTH_AUDIENCE") };
}

function postgresUrl(key: string, text: string): string {
  // The value is not repeated: it holds a password.
  if (!/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? ""))
    throw new ConfigError(`${key} is no PostgreSQL address: postgres://role:password@host:port/database is expected.`);
  return text;
}

function roleArgument(args: readonly string[]): string | undefined {
  const at = args.findIndex((argument) => argument === "--role" || argument.startsWith("--role="));
  if (at < 0) return undefined;
  const argument = args[at] ?? "";
  return argument.startsWith("--role=") ? argument.slice("--role=".length) : (args[at + 1] ?? "");
}
