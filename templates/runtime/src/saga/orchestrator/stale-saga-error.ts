/**
 * A saga has moved on, or begun, since it was loaded (R2): nothing of the transaction is stored. Carries PostgreSQL's
 * code of a serialization failure, which is what it is: `Database.transaction` runs the work again.
 */
export class StaleSagaError extends Error {
  readonly code = "40001";

  constructor(ids: readonly string[]) {
    super(`moved on meanwhile: ${ids.join(", ")}`);
    this.name = "StaleSagaError";
  }
}
