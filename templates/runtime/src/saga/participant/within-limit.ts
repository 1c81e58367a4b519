/** When its process stops, or its partition is taken, a call has so long to end: its outcome is worth more than that. */
const GRACE_MS = 5_000;

/** A call outside took longer than it may, or its process stops. What became of it is open. */
export class CallTimeoutError extends Error {
  override readonly name = "CallTimeoutError";

  constructor(name: string, limitMs: number, cause: unknown) {
    super(`the call of ${name} was given up: it may take ${limitMs} ms, and must heed its signal`, { cause });
  }
}

/**
 * Makes a call that may take `limitMs`, and somewhat less once `stop` is aborted. One that does not heed its signal is
 * left to itself: it keeps nobody waiting.
 *
 * @throws CallTimeoutError
 */
export async function withinLimit<T>(
  name: string,
  limitMs: number,
  stop: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
  graceMs: number = GRACE_MS,
): Promise<T> {
  const over = new AbortController();
  const given = Promise.withResolvers<never>();
  const end = (cause: unknown) => {
    const error = new CallTimeoutError(name, limitMs, cause);
    over.abort(error);
    given.reject(error);
  };
  const timers = [setTimeout(end, limitMs)];
  const onStop = () => void timers.push(setTimeout(end, graceMs, stop.reason));
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop);
  try {
    return await Promise.race([call(over.signal), given.promise]);
  } finally {
    stop.removeEventListener("abort", onStop);
    for (const timer of timers) clearTimeout(timer);
  }
}
