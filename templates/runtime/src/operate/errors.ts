/** The command line is not one of ours: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was asked for is not done, in one or two plain lines: exit code 1. */
export class Refused extends Error {
  override readonly name = "Refused";
}
