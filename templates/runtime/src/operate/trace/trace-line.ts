import { UsageError } from "../errors.ts";
import { common, oneOf, parsed, strings } from "../options.ts";

/** `trace ID`, as typed. */
export interface TraceLine {
  /** A correlation id, or a saga's id. */
  readonly id: string;
  readonly service?: string;
  readonly format: "text" | "json" | "mermaid";
}

/** @throws UsageError that names what is wrong */
export function traceLine(args: readonly string[]): TraceLine {
  const { values, positionals } = parsed(args, common);
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) {
    throw new UsageError(
      `trace takes one ID, of a correlation or a saga, and was given ${positionals.join(" ") || "none"}`,
    );
  }
  if (id.length > 500) throw new UsageError("trace takes an ID of at most 500 characters");
  const format = oneOf("--format", values.format ?? "text", ["text", "json", "mermaid"]);
  return { id, ...strings(values, "service"), format };
}
