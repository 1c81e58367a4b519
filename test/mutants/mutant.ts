/** A safety line that is taken out: then a test must go red. */
export interface Mutant {
  /** What goes wrong without the line. */
  readonly fault: string;
  /** Below its part's sources, see `parts.ts`. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly line: string;
  readonly replacement: string;
  /** Below its part's tests: the quickest that goes red. */
  readonly test: string;
}
