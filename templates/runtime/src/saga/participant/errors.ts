/** A call outside took longer than it may, or its process stops. What became of it is open. */
export class CallTimeoutError extends Error {
  override readonly name = "CallTimeoutError";

  constructor(name: string, limitMs: number, cause: unknown) {
    super(`the call of ${name} was given up: it may take ${limitMs} ms, and must heed its signal`, { cause });
  }
}
