import { type Logger, pino } from "pino";
import type { LogLevel } from "./config.ts";

/** JSON lines on standard output, each with the service's name; requests and handlers add their `correlationid`. */
export function createLogger(service: string, level: LogLevel): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ["req.headers.authorization", "headers.authorization"],
    },
    // Written at once: a line that is still being written in the background when the process exits comes after those
    // that the exit flushes, or not at all.
    pino.destination({ dest: 1, sync: true }),
  );
}
