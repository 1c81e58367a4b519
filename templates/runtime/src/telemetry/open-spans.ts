import type { Logger } from "pino";
import type { TelemetrySettings } from "./settings.ts";
import { type Spans, unrecorded } from "./spans.ts";

/**
 * The spans of a service. Without settings nothing of OpenTelemetry is loaded: a service that exports nothing starts
 * as fast and is as small as if it were not there.
 */
export async function openSpans(settings: TelemetrySettings | undefined, service: string, log: Logger): Promise<Spans> {
  for (const warning of settings?.warnings ?? []) log.warn(warning);
  if (settings === undefined) return unrecorded;
  const { openTelemetry } = await import("./open-telemetry.ts");
  return openTelemetry(settings, service, log);
}
