import { EdaError } from "../_system/errors.ts";
import type { Output } from "./output.ts";

/** An error in one or two plain lines: where and what, then what to do. No stack, but for `DEBUG=eda`. */
export function printError(error: unknown, output: Output): void {
  if (process.env.DEBUG?.split(",").includes("eda") && error instanceof Error) {
    output.line(error.stack ?? error.message);
    return;
  }
  if (!(error instanceof EdaError)) {
    const what = error instanceof Error ? error.message.split("\n")[0] : String(error);
    output.line(`${output.bad("error")} ${what}`);
    output.line("  This is a fault of generator-eda; DEBUG=eda shows where.");
    return;
  }
  const { place } = error;
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
  output.line(`${where}${output.bad("error")} ${error.message}`);
  if (error.hint) output.line(`  ${error.hint}`);
}
