import type { Broker } from "../../../../templates/runtime/src/broker/broker.ts";

export interface BrokerUnderTest {
  /** Opens the broker as one more process would. */
  open(): Promise<Broker>;
  /** For consumers in processes of their own: a module that exports `open()`, and what its environment must hold. */
  readonly process: { readonly module: URL; readonly env: Readonly<Record<string, string>> };
  /** Makes the broker unreachable for those that `open` has opened, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}
