/** A name as it is typed, in Markdown. */
export function code(text: string): string {
  return `\`${text}\``;
}
