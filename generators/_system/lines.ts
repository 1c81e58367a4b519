/** Where lines begin and end in a text; all by offsets. A line's break is `\n`, perhaps behind a `\r`. */

/** How far an offset is from the start of its line. */
export function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** Start of the line behind the one that holds an offset, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline + 1;
}

/** End of the line that holds an offset, its break excluded. */
export function lineStop(text: string, offset: number): number {
  const next = nextLine(text, offset);
  if (text[next - 1] !== "\n") return next;
  return text[next - 2] === "\r" ? next - 2 : next - 1;
}

/**
 * Start of the line behind what ends at an offset, once the comments right below that are indented deeper than
 * `indent` are passed: they belong to what ends there.
 */
export function behindLines(text: string, end: number, indent: number): number {
  let at = nextLine(text, text[end - 1] === "\n" ? end - 1 : end);
  const comment = /( *)#[^\n]*(?:\n|$)/y;
  for (;;) {
    comment.lastIndex = at;
    const found = comment.exec(text);
    if (found === null || found[1]!.length <= indent) return at;
    at = comment.lastIndex;
  }
}

/** Whether only blanks stand before an offset on its line. */
export function beginsItsLine(text: string, offset: number): boolean {
  return text.slice(offset - columnAt(text, offset), offset).trim() === "";
}
