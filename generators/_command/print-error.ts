import { EdaError } from "../_system/errors.ts";
import { harmless } from "../_system/wording.ts";
import type { Output } from "./output.ts";

/** An error in one or two plain lines: where and what, then what to do. No stack, but for `DEBUG=eda`. */
export function printError(error: unknown, output: Output): void {
  if (isDebugging() && error instanceof Error) {
    output.line(error.stack ?? error.message);
    return;
  }
  if (error instanceof EdaError) {
    for (const line of linesOf(error, output.bad("error "))) output.line(line);
    return;
  }
  const what = harmless((error instanceof Error ? error.message : String(error)).split("\n")[0]!);
  output.line(`${output.bad("error")} ${what}`);
  output.line("  This is a fault of generator-eda; DEBUG=eda shows where.");
}

/** `eda.yaml:3:1: error …` and the hint; without the word `error` where nothing is to stand there. */
export function linesOf({ message, place, hint }: EdaError, word = ""): readonly string[] {
  const where = place ? `${harmless(place.file)}:${place.line}:${place.column}: ` : "";
  return [`${where}${word}${harmless(message)}`, ...(hint ? [`  ${harmless(hint)}`] : [])];
}

export function isDebugging(): boolean {
  return process.env.DEBUG?.split(",").includes("eda") ?? false;
}
