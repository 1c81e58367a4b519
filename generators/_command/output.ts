import { styleText } from "node:util";

/** Where a command prints. Colours only where the stream is a terminal and `NO_COLOR` is not set. */
export interface Output {
  line(text?: string): void;
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

export function outputTo(
  stream: NodeJS.WriteStream,
  write: (text: string) => void = (text) => stream.write(text),
): Output {
  const styled = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(style, text, { stream, validateStream: true });
  return {
    line: (text = "") => write(`${text}\n`),
    good: styled("green"),
    bad: styled("red"),
    faint: styled("dim"),
    strong: styled("bold"),
  };
}
