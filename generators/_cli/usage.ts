import { EdaError } from "../_system/errors.ts";

/** The call's words are off: exit code 2. */
export class UsageError extends EdaError {
  override readonly name = "UsageError";
}
