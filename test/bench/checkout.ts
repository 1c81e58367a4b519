import { fileURLToPath } from "node:url";

/** A path in this checkout. */
export function checkout(below = ""): string {
  return fileURLToPath(new URL(`../../${below}`, import.meta.url));
}

/** The built `eda`, as a command to be followed by its arguments. */
export const eda = [process.execPath, checkout("dist/generators/_cli/bin.js")] as const;
