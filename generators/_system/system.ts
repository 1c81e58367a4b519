import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";

/**
 * The typed graph of a system, resolved from its manifest: what the rules check and `render` draws from.
 *
 * A `System` is a value: deeply frozen, free of YAML, positions and defaults left open. Collections are sorted by
 * name, so two manifests that list the same entries in another order give equal systems; fields keep the order in
 * which they were written. References are not guaranteed to resolve: that is rule EDA-M02.
 */
export interface System {
  readonly name: string;
  /** The worked example (manifest key `example`) whose domain code stands in place of the stubs: `order-management`. */
  readonly example?: string;
  readonly stream: Stream;
  readonly contexts: readonly Context[];
  readonly services: readonly Service[];
  readonly sagas: readonly SagaEntry[];
  readonly streamsApps: readonly StreamsApp[];
  readonly readModels: readonly ReadModel[];
  /** Every topic of the system, derived and declared, with all settings decided. */
  readonly topics: readonly Topic[];
  readonly phases: Readonly<Record<PhaseName, Phase>>;
}

export type Platform = "kafka" | "redpanda" | "pulsar" | "nats";

export interface Stream {
  readonly platform: Platform;
  /** Default number of partitions of a topic. */
  readonly partitions: number;
  readonly replication: number;
  /** A duration such as `7d`, or `forever`. */
  readonly retention: string;
  readonly expected?: ExpectedLoad;
}

export interface ExpectedLoad {
  /** Messages per second at the busiest moment, over the whole system. */
  readonly peakPerSecond: number;
  /** Size of a message in bytes. */
  readonly averageBytes: number;
  /** Factor by which the load grows in a year. */
  readonly growthPerYear: number;
}

export interface Context {
  readonly name: string;
  readonly purpose?: string;
}

export type Persistence = "state" | "event-sourced";

export interface Service {
  readonly name: string;
  readonly context: string;
  /** PascalCase: `Order`. */
  readonly aggregate: string;
  /** Name of the field that identifies the aggregate: `orderId`. Each of the service's events carries it. */
  readonly key: string;
  readonly port: number;
  readonly persistence: Persistence;
  readonly snapshotEvery?: number;
  readonly commands: readonly Command[];
  readonly events: readonly EventType[];
  readonly types: readonly RecordType[];
  /** Plain reactions, outside any saga. */
  readonly subscribes: readonly EventRef[];
  /** Absent when the service has no outbox, which rule EDA-M06 allows only where nothing is published. */
  readonly outbox?: Outbox;
}

export interface Command {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Names of events of the same service: success first, then business failures. */
  readonly emits: readonly string[];
  /** Whether the command has an HTTP route. */
  readonly http: boolean;
  /** Calls something outside the database, such as a payment provider. */
  readonly external: boolean;
  /** The command of the same service that this one undoes. */
  readonly undoes?: string;
}

export interface EventType {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly Field[];
  /** Consumed outside the system. */
  readonly external: boolean;
}

export interface RecordType {
  readonly name: string;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

export type ScalarName = "string" | "uuid" | "int" | "decimal" | "money" | "boolean" | "timestamp" | "date" | "json";

export type FieldType =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** A name from the service's `types`. */
  | { readonly kind: "record"; readonly name: string }
  | { readonly kind: "list"; readonly of: FieldType }
  | { readonly kind: "optional"; readonly of: FieldType };

/** `orders.OrderPlaced`. */
export interface EventRef {
  readonly service: string;
  readonly event: string;
}

export interface Outbox {
  readonly relay: "polling" | "cdc";
  /** How long published rows are kept: `7d`. */
  readonly retention: string;
}

export interface SagaEntry {
  readonly name: string;
  /** Path of its file, from the repository's root: `sagas/payment.saga.yaml`. */
  readonly definition: string;
  /** The service that hosts it. */
  readonly service: string;
  /** What its file says, compiled; absent while that cannot be read (`withFlows`). */
  readonly flow?: SagaDefinition;
}

export interface StreamsApp {
  readonly name: string;
  readonly from: readonly EventRef[];
  readonly key: string;
  readonly join?: EventRef;
  readonly window?: string;
  readonly grace?: string;
  readonly routesTo: readonly string[];
}

export interface ReadModel {
  readonly name: string;
  readonly key: string;
  readonly from: readonly EventRef[];
  readonly staleness: string;
  readonly port: number;
}

export interface Topic {
  readonly name: string;
  /** Who writes to it: a service, a saga or a stream application. */
  readonly owner: string;
  readonly kind: "events" | "commands" | "replies" | "stream";
  readonly partitions: number;
  readonly replication: number;
  readonly retention: string;
}

export const phaseNames = ["requirements", "stream", "event-sourcing", "cqrs-sagas", "consistency"] as const;
export type PhaseName = (typeof phaseNames)[number];

export interface Phase {
  readonly name: PhaseName;
  /** `open` where the manifest says nothing. */
  readonly status: "open" | "assumed" | "decided";
  /** Path of the decision record, from the repository's root, with forward slashes. */
  readonly decision?: string;
}
