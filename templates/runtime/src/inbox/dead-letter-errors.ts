/** No letter of that number in this service's database. */
export class DeadLetterNotFoundError extends Error {
  constructor(id: bigint) {
    super(`there is no dead letter ${id} here`);
    this.name = "DeadLetterNotFoundError";
  }
}

/** The letter is not in a state for what was asked. */
export class DeadLetterStateError extends Error {
  constructor(id: bigint, reason: string) {
    super(`dead letter ${id}: ${reason}`);
    this.name = "DeadLetterStateError";
  }
}

/** Another number of letters matches than the operator has seen. Nothing was done. */
export class DeadLetterCountError extends Error {
  readonly actual: number;

  constructor(expected: number, actual: number) {
    super(`${actual} dead letters match, not ${expected}: look at them again`);
    this.name = "DeadLetterCountError";
    this.actual = actual;
  }
}
