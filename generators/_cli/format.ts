import { Option } from "commander";

/** How a verb prints: lines for people, or one line of JSON for machines. */
export type Format = "text" | "json";

export function formatOption(): Option {
  return new Option("--format <format>", "how to print").choices(["text", "json"]).default("text");
}
