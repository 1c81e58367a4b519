/** What is exported and how, from OpenTelemetry's own environment variables. */
export interface TelemetrySettings {
  readonly serviceName?: string;
  readonly sampler: SamplerSetting;
  /** Values that are passed over, each as one line: telemetry is never the reason why a service does not start. */
  readonly warnings: readonly string[];
}

export interface SamplerSetting {
  /** Follows the parent's decision where there is one. */
  readonly parentBased: boolean;
  /** Share of traces that are recorded, 0 to 1. */
  readonly ratio: number;
}

/** The variables that decide whether and what is exported; the exporter itself reads more: headers, timeout, certificate. */
export const telemetryKeys = {
  OTEL_EXPORTER_OTLP_ENDPOINT:
    "Where spans go, as OTLP over HTTP with JSON: http://127.0.0.1:4318. Without it none do.",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "The same for traces alone, the whole address: http://127.0.0.1:4318/v1/traces.",
  OTEL_SERVICE_NAME: "The service's name in its spans. Default: its name in eda.yaml.",
  OTEL_SDK_DISABLED: "true: no spans are made.",
  OTEL_TRACES_SAMPLER:
    "always_on, always_off, traceidratio or one of these behind parentbased_. Default parentbased_always_on.",
  OTEL_TRACES_SAMPLER_ARG: "Share of traces that traceidratio records, 0 to 1. Default 1.",
} as const;

/** @returns `undefined` when nothing is to be exported. An empty value counts as absent. */
export function telemetryFromEnv(
  environment: Readonly<Record<string, string | undefined>>,
): TelemetrySettings | undefined {
  const read = (key: string) => environment[key]?.trim() || undefined;
  const endpoint = read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? read("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined || read("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return undefined;
  const exporter = read("OTEL_TRACES_EXPORTER") ?? "otlp";
  if (exporter === "none") return undefined;
  const warnings: string[] = [];
  if (exporter !== "otlp") warnings.push(`OTEL_TRACES_EXPORTER is "${exporter}": this service exports otlp alone`);
  const protocol = read("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? read("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/json";
  if (protocol !== "http/json") {
    warnings.push(`the OTLP protocol is set to "${protocol}": this service exports http/json alone`);
  }
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    warnings.push(`the OTLP endpoint is "${endpoint}", and no http or https address: no spans are exported`);
    return { sampler: { parentBased: true, ratio: 0 }, warnings };
  }
  const serviceName = read("OTEL_SERVICE_NAME");
  const sampler = samplerFrom(read("OTEL_TRACES_SAMPLER"), read("OTEL_TRACES_SAMPLER_ARG"), warnings);
  return { ...(serviceName === undefined ? {} : { serviceName }), sampler, warnings };
}

function samplerFrom(given = "parentbased_always_on", share: string | undefined, warnings: string[]): SamplerSetting {
  const [, parent, name] = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(given) ?? [];
  if (name === undefined) {
    warnings.push(`OTEL_TRACES_SAMPLER is "${given}", which is none of its values: every trace is recorded`);
    return { parentBased: true, ratio: 1 };
  }
  const parentBased = parent !== undefined;
  if (name !== "traceidratio") return { parentBased, ratio: name === "always_on" ? 1 : 0 };
  const ratio = Number(share ?? "1");
  if (ratio >= 0 && ratio <= 1) return { parentBased, ratio };
  warnings.push(`OTEL_TRACES_SAMPLER_ARG is "${share}": a number from 0 to 1 is expected; every trace is recorded`);
  return { parentBased, ratio: 1 };
}
