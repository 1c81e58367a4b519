import type { Outbox, Persistence, Phase, PhaseName, Stream } from "./system.ts";

/** A manifest that is valid against the schema, as plain values. */
export interface Manifest {
  readonly name: string;
  readonly example?: string;
  readonly stream?: Partial<Stream>;
  readonly contexts?: Entries<{ readonly purpose?: string }>;
  readonly services?: Entries<ServiceEntry>;
  readonly sagas?: Entries<{ readonly definition?: string; readonly service: string }>;
  readonly outboxes?: Entries<Partial<Outbox>>;
  readonly streamsApps?: Entries<StreamsAppEntry>;
  readonly readModels?: Entries<ReadModelEntry>;
  readonly topics?: Entries<TopicEntry>;
  readonly phases?: Partial<Record<PhaseName, Pick<Phase, "status" | "decision">>>;
}

export type Entries<T> = Readonly<Record<string, T>>;
export type Fields = Entries<string>;

export interface ServiceEntry {
  readonly context?: string;
  readonly aggregate?: string;
  readonly key?: string;
  readonly port?: number;
  readonly persistence?: Persistence;
  readonly snapshotEvery?: number;
  readonly commands?: Entries<CommandEntry>;
  readonly events?: Entries<{ readonly version?: number; readonly fields?: Fields; readonly external?: boolean }>;
  readonly types?: Entries<Fields>;
  readonly subscribes?: readonly string[];
}

export interface CommandEntry {
  readonly fields?: Fields;
  readonly emits?: readonly string[];
  readonly http?: boolean;
  readonly external?: boolean;
  readonly undoes?: string;
}

export interface StreamsAppEntry {
  readonly from: readonly string[];
  readonly key: string;
  readonly join?: string;
  readonly window?: string;
  readonly grace?: string;
  readonly routesTo?: readonly string[];
}

export interface ReadModelEntry {
  readonly key: string;
  readonly from: readonly string[];
  readonly staleness?: string;
  readonly port?: number;
}

export interface TopicEntry {
  readonly partitions?: number;
  readonly replication?: number;
  readonly retention?: string;
}
