/** A saga as it will be written: every step resolved against the system, defaults of the format left to the format. */
export interface SagaDraft {
  readonly name: string;
  readonly style: "orchestration" | "choreography";
  /** Its host. */
  readonly service: string;
  /** `orders.OrderPlaced`. */
  readonly trigger: string;
  /** `$.trigger.orderId`. */
  readonly key: string;
  /** `15m`. */
  readonly deadline: string;
  /** In order; members of a group of several run side by side. */
  readonly groups: readonly (readonly DraftStep[])[];
  readonly completed?: DraftCommand;
  readonly compensated?: DraftCommand;
}

export interface DraftCommand {
  /** `inventory.ReserveStock`. */
  readonly command: string;
  /** Paths and literals by field. */
  readonly input: Readonly<Record<string, unknown>>;
  /** `inventory.StockReserved`. */
  readonly success: string;
  readonly failure?: string;
  readonly timeout?: string;
  readonly retry?: Readonly<Record<string, unknown>>;
  readonly on?: string;
}

export interface DraftStep extends DraftCommand {
  readonly id: string;
  readonly kind: "compensatable" | "pivot" | "retriable";
  readonly compensation?: DraftCommand | { readonly none: string };
}
