/** What completes sagas of three steps, made ready to be given some. */
export interface SagaRunner {
  readonly name: string;
  /** @param databaseUrl makes a fresh database and answers its URL */
  open(databaseUrl: (name: string) => Promise<string>): Promise<OpenRunner>;
}

export interface OpenRunner {
  /** Begins so many at once, and resolves when all are completed. */
  completeAll(count: number): Promise<void>;
  /** Begins them at a steady pace. Answers each one's milliseconds from its beginning to its completion. */
  steadily(perSecond: number, count: number): Promise<readonly number[]>;
  close(): Promise<void>;
}
