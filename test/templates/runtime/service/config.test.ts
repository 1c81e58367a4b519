import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import {
  ConfigError,
  checkConfig,
  configFromEnv,
  environmentKeys,
  isLoopback,
  sagaRetentionMs,
} from "../../../../templates/runtime/src/service/config.ts";

const ports = { port: 4001, adminPort: 5001 };
const needed = { DATABASE_URL: "postgres://o:x@127.0.0.1/orders", BROKER_URL: "postgres://b:x@127.0.0.1/broker" };
const read = (environment: Record<string, string>, ...args: string[]) =>
  configFromEnv(ports, { ...needed, ...environment }, args);
const refuses = (environment: Record<string, string>, expected: RegExp, ...args: string[]) =>
  assert.throws(
    () => checkConfig(read(environment, ...args)),
    (error) => error instanceof ConfigError && expected.test(error.message) && error.message.split("\n").length <= 2,
  );

describe("configuration", () => {
  it("has defaults for all but the addresses of database and broker", () => {
    assert.deepEqual(read({}), {
      role: "all",
      host: "127.0.0.1",
      port: 4001,
      adminHost: "127.0.0.1",
      adminPort: 5001,
      instance: `${hostname()}:5001`,
      databaseUrl: needed.DATABASE_URL,
      broker: { kind: "embedded", url: needed.BROKER_URL },
      logLevel: "info",
      inboxHorizonMs: 30 * 86_400_000,
      sagaRetentionMs: 90 * 86_400_000,
      sagaLimit: 1_000,
      sagaFrom: "earliest",
      shutdownTimeoutMs: 10_000,
    });
    assert.throws(() => configFromEnv(ports, {}, []), /DATABASE_URL is not set/);
  });

  it("takes the role from the arguments before the environment", () => {
    assert.equal(read({ EDA_ROLE: "http" }).role, "http");
    assert.equal(read({ EDA_ROLE: "http" }, "--role", "relay").role, "relay");
    assert.equal(read({}, "--role=consumer").role, "consumer");
    refuses({}, /role is "" *: one of all, http, relay, consumer/, "--role");
    refuses({ EDA_ROLE: "boss" }, /role is "boss"/);
  });

  // Removed once: the throw in `sagaRetentionMs`.
  it("keeps sagas longer than the inbox remembers", () => {
    assert.equal(sagaRetentionMs(read({ SAGA_RETENTION_DAYS: "31" })), 31 * 86_400_000);
    assert.throws(
      () => sagaRetentionMs(read({ SAGA_RETENTION_DAYS: "30" })),
      /^ConfigError: SAGA_RETENTION_DAYS is 30 and INBOX_HORIZON_DAYS is 30: sagas must be kept longer/,
    );
  });

  it("stands in .env.example with every key that is read", () => {
    const example = readFileSync("templates/repository/env.example", "utf8");
    const named = [...example.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, key]) => key);
    assert.deepEqual(named.sort(), Object.keys(environmentKeys).sort());
  });

  it("names the key of a value that makes no sense", () => {
    refuses({ PORT: "80a" }, /PORT is "80a": a whole number from 0 to 65535/);
    refuses({ PORT: "65536" }, /PORT is "65536"/);
    refuses({ SHUTDOWN_TIMEOUT_MS: "-1" }, /SHUTDOWN_TIMEOUT_MS/);
    refuses({ INBOX_HORIZON_DAYS: "0" }, /INBOX_HORIZON_DAYS is "0": a whole number from 1/);
    refuses({ LOG_LEVEL: "loud" }, /LOG_LEVEL is "loud": one of fatal/);
    refuses({ BROKER: "kafka" }, /BROKER is "kafka": this runtime knows embedded/);
    refuses({ AUTH_JWKS_URL: "keys.json" }, /AUTH_JWKS_URL is "keys.json"/);
    refuses({ ADMIN_TOKEN: "short" }, /ADMIN_TOKEN is shorter/);
  });

  it("never repeats an address that may hold a password", () => {
    assert.throws(
      () => read({ DATABASE_URL: "mysql://u:secret@x/y" }),
      (error: Error) => /DATABASE_URL/.test(error.message) && !error.message.includes("secret"),
    );
  });

  it("wants all of the authentication or none of it", () => {
    const AUTH_JWKS_URL = "https://id.example/keys";
    refuses({ AUTH_JWKS_URL }, /AUTH_ISSUER is not set/);
    refuses({ AUTH_JWKS_URL, AUTH_ISSUER: "https://id.example" }, /AUTH_AUDIENCE is not set/);
    refuses({ AUTH_ISSUER: "https://id.example" }, /AUTH_ISSUER is set and AUTH_JWKS_URL is not/);
    const auth = { AUTH_JWKS_URL, AUTH_ISSUER: "https://id.example", AUTH_AUDIENCE: "orders" };
    assert.doesNotThrow(() => checkConfig(read({ ...auth, HOST: "0.0.0.0" })));
  });

  it("listens on loopback alone where nobody is asked for a token", () => {
    refuses({ HOST: "0.0.0.0" }, /HOST is "0\.0\.0\.0" and AUTH_JWKS_URL is not set/);
    refuses({ HOST: "::" }, /HOST is "::"/);
    refuses({ HOST: "127.0.0.1.example.com" }, /HOST/);
    refuses({ ADMIN_HOST: "0.0.0.0" }, /ADMIN_HOST is "0\.0\.0\.0" and ADMIN_TOKEN is not set/);
    assert.doesNotThrow(() => checkConfig(read({ HOST: "::1" })));
  });

  it("knows a loopback address", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1"]) assert.equal(isLoopback(host), true, host);
    for (const host of ["", "10.0.0.1", "evil.localhost", "127.0.0.1.x", "0.0.0.0"])
      assert.equal(isLoopback(host), false, host);
  });
});
