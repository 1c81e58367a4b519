export interface SharingOptions<Call> {
  /** Whether a call may join those that are about to be made together. Default: all do. */
  readonly joins?: (calls: readonly Call[], next: Call) => boolean;
  /** After so many milliseconds the next calls wait no longer for those under way. Default: they always wait. */
  readonly besideMs?: number;
}

/**
 * Makes calls together: those that come while some are under way share the next round. Alone, a call waits for nobody;
 * under load a round costs little more than one call.
 *
 * @param work answers for each call, in order; a rejection is every call's of its round
 */
export function sharing<Call, Answer>(
  work: (calls: readonly Call[]) => Promise<readonly Answer[]>,
  { joins = () => true, besideMs }: SharingOptions<Call> = {},
): (call: Call) => Promise<Answer> {
  const queue: { readonly call: Call; readonly answer: PromiseWithResolvers<Answer> }[] = [];
  let closed = false;

  /** Calls of one moment, such as those of readers that one wake-up has woken, come before it. */
  function open(): void {
    closed = true;
    setImmediate(() => void round());
  }

  async function round(): Promise<void> {
    const calls: Call[] = [];
    for (const { call } of queue) {
      if (calls.length > 0 && !joins(calls, call)) break;
      calls.push(call);
    }
    const waiting = queue.splice(0, calls.length);
    let isOver = false;
    const next = () => {
      if (isOver) return;
      isOver = true;
      if (queue.length > 0) open();
      else closed = false;
    };
    const impatience = besideMs === undefined ? undefined : setTimeout(next, besideMs);
    try {
      const answers = await work(calls);
      for (const [at, { answer }] of waiting.entries()) answer.resolve(answers[at]!);
    } catch (error) {
      for (const { answer } of waiting) answer.reject(error);
    } finally {
      clearTimeout(impatience);
      next();
    }
  }

  return (call) => {
    const answer = Promise.withResolvers<Answer>();
    queue.push({ call, answer });
    if (!closed) open();
    return answer.promise;
  };
}
