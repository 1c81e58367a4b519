import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pino } from "pino";
import { openSpans } from "../../../../templates/runtime/src/telemetry/open-spans.ts";
import { telemetryFromEnv } from "../../../../templates/runtime/src/telemetry/settings.ts";
import { unrecorded } from "../../../../templates/runtime/src/telemetry/spans.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

describe("telemetry's settings", () => {
  it("export nothing without an endpoint, or when told not to", () => {
    for (const environment of [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: " " },
      { ...endpoint, OTEL_SDK_DISABLED: "TRUE" },
      { ...endpoint, OTEL_TRACES_EXPORTER: "none" },
      { OTEL_SERVICE_NAME: "orders" },
    ])
      assert.equal(telemetryFromEnv(environment), undefined);
  });

  it("take the endpoint of traces alone", () => {
    const settings = telemetryFromEnv({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/v1/traces" });
    assert.deepEqual(settings, { sampler: { parentBased: true, ratio: 1 }, warnings: [] });
  });

  for (const [name, share, parentBased, ratio] of [
    ["always_on", undefined, false, 1],
    ["always_off", undefined, false, 0],
    ["traceidratio", "0.25", false, 0.25],
    ["parentbased_always_off", undefined, true, 0],
    ["parentbased_traceidratio", "0.5", true, 0.5],
    ["parentbased_traceidratio", undefined, true, 1],
  ] as const) {
    it(`know the sampler ${name}${share === undefined ? "" : ` of ${share}`}`, () => {
      const settings = telemetryFromEnv({
        ...endpoint,
        OTEL_TRACES_SAMPLER: name,
        ...(share === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: share }),
      });
      assert.deepEqual(settings, { sampler: { parentBased, ratio }, warnings: [] });
    });
  }

  for (const [environment, warning] of [
    [{ OTEL_TRACES_SAMPLER: "jaeger_remote" }, /OTEL_TRACES_SAMPLER is "jaeger_remote"/],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" }, /OTEL_TRACES_SAMPLER_ARG is "2"/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /"grpc": this service exports http\/json alone/],
    [{ OTEL_TRACES_EXPORTER: "zipkin" }, /"zipkin": this service exports otlp alone/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /"collector:4318", and no http or https address/],
  ] as const) {
    it(`pass over ${JSON.stringify(environment)} with a warning, and keep no service from starting`, () => {
      assert.match(telemetryFromEnv({ ...endpoint, ...environment })?.warnings.join() ?? "", warning);
    });
  }

  it("load nothing of OpenTelemetry where nothing is exported", async () => {
    assert.equal(await openSpans(undefined, "orders", pino({ level: "silent" })), unrecorded);
    const runtime = "templates/runtime/src";
    const files = readdirSync(runtime, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const importing = files.filter((name) =>
      /from "@opentelemetry\//.test(readFileSync(path.join(runtime, name), "utf8")),
    );
    assert.deepEqual(importing, [path.join("telemetry", "open-telemetry.ts")]);
    const loading = files.filter((name) =>
      /^import .*open-telemetry\.ts"/m.test(readFileSync(path.join(runtime, name), "utf8")),
    );
    assert.deepEqual(loading, []);
  });
});
