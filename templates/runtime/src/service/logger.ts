import { type Logger, pino } from "pino";
import type { LogLevel } from "./config.ts";

/** JSON lines on standard output, each with the service's name; requests and handlers add their `correlationid`. */
export function createLogger(service: string, level: LogLevel): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ["req.headers.authorization", "headers.authorization"],
  });
}
