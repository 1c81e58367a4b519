/** What a command gives: a value for `--format json` and how it reads as text. */
export interface Result {
  readonly value: unknown;
  readonly text: (width: number) => string;
  /** What could not be done beside what was: to the error output, and the exit code is 1. */
  readonly warnings?: readonly string[];
}
