import type { Transaction } from "../database/database.ts";

/** How aggregates of one type are kept: as state, or as events. What runs a command does not know which. */
export interface AggregatePersistence<State, Event> {
  /** Waits for the aggregate's lock and holds it until `tx` ends: whoever comes second sees what the first has stored. */
  load(tx: Transaction, id: string): Promise<Loaded<State>>;
  /** Stores what happened to an aggregate that `load` has locked in this transaction. `events` is not empty. */
  store(tx: Transaction, id: string, change: Change<State, Event>): Promise<void>;
  /** Gives up what `load` prepared for an aggregate that nothing has happened to. */
  release(tx: Transaction, id: string, loaded: Loaded<State>): Promise<void>;
  /** `load` for several, in few statements. One that is absent from the answer is to be loaded by itself. */
  loadAll?(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Loaded<State>>>;
  /** `store` for several. */
  storeAll?(tx: Transaction, changes: readonly (Change<State, Event> & { readonly id: string })[]): Promise<void>;
  /** Reads without a lock. `undefined`: nothing has happened to it. */
  read(tx: Pick<Transaction, "query">, id: string): Promise<Loaded<State> | undefined>;
}

export interface Loaded<State> {
  /** How many events have happened; 0 for a new aggregate. */
  readonly version: bigint;
  readonly state: State;
}

export interface Change<State, Event> {
  readonly from: bigint;
  readonly to: bigint;
  readonly state: State;
  readonly events: readonly Event[];
}
