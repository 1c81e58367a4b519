/** An operator's verb that means nothing, or would do harm, where the saga stands. Its message is for that person. */
export class VerbRefusedError extends Error {
  override readonly name = "VerbRefusedError";
}
