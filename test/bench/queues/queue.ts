/** A way that a message takes from the transaction that sends it to the handler that gets it. */
export interface Queue {
  readonly name: string;
  /** Messages for one measurement of how fast it drains; few where it is slow. */
  readonly messages: number;
  /** Makes ready in fresh databases: nothing is left to do but to begin. */
  open(databaseUrl: (name: string) => Promise<string>): Promise<OpenQueue>;
}

export interface OpenQueue {
  /** Puts many messages in at once, before anybody reads. */
  fill(count: number): Promise<void>;
  /** Begins to hand over: calls `handled` for each message, with the number that it was sent with. */
  start(handled: (sent: number) => void): Promise<void>;
  /** One message in a transaction of its own; resolves when it is committed. Absent where nobody asks for it. */
  send?(sent: number): Promise<void>;
  stop(): Promise<void>;
}

/** About 600 bytes with what each of them puts around it, as the example's manifest expects of a message. */
export const filling = "x".repeat(300);

/** Messages spread over so many aggregates. */
export const keys = 1_000;
