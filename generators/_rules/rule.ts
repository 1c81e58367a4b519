import type { SagaDocument } from "../_saga/load.ts";
import type { ManifestDocument } from "../_system/document.ts";
import type { NodePath, Place } from "../_system/place.ts";
import type { System } from "../_system/system.ts";

export type Severity = "error" | "warning";

/** One thing that a rule found, before it is given its rule's id and its place in a file. */
export interface Problem {
  /** The node of the manifest that is wrong, or a place in another file. */
  readonly at: NodePath | Place;
  /** Whether the place is the node's key or its value (the default). */
  readonly part?: "key" | "value";
  /**
   * What is wrong, naming the things involved: one sentence without a full stop. The same problem says the same after
   * an edit elsewhere: that is how a run tells the errors that it brings in from those that were there.
   */
  readonly message: string;
  /** What to write or run. */
  readonly hint: string;
}

/** What `eda validate` prints, and what a run of a generator compares before and after its edit. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a rule may know of the files on disk. Absent where a manifest is checked alone. */
export interface RepositoryView {
  exists(path: string): boolean;
  /** Names of the files directly in a folder; empty where there is none. */
  list(folder: string): readonly string[];
  /** Derived files, the runtime's excepted, whose content was changed by hand. */
  editedDerivedFiles(): readonly string[];
  /** Text of a file; undefined where there is none. Where this is absent, what sagas send and consume is not judged. */
  read?(path: string): string | undefined;
}

export interface RuleContext {
  /** Never asked for where the manifest has schema problems. */
  readonly system: System;
  readonly manifest: ManifestDocument;
  readonly repository?: RepositoryView;
}

/** A manifest (and, where a rule reads them, other files) on which a rule has something to say, or nothing. */
export interface Example {
  /** Absent where a saga's file, the only one of `files`, is checked alone. */
  readonly manifest?: string;
  /** Files on disk beside the manifest: path to content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Derived files that were changed by hand. */
  readonly edited?: readonly string[];
}

export interface ExampleAndRepair {
  readonly fails: Example;
  readonly repair: Example;
  /** Texts in lines that the example makes its point with, beside those that its repair changes: shown with them. */
  readonly points?: readonly string[];
}

/** A rule is data and one function, in a file of its own named by its id. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** `validate` rules run in `eda validate`; `phase` rules in `eda phases` and at a gate only. */
  readonly runs: "validate" | "phase";
  /** What it says, in one line. */
  readonly title: string;
  /** Speaks only while no saga has an error: what it misses may be what is wrong there. */
  readonly trustsSagas?: true;
  /** Why it exists and what goes wrong without it: a short paragraph. */
  readonly explanation: string;
  /** The first example makes the rule speak, its repair silences it. Tests, docs and `eda explain` share them. */
  readonly examples: readonly ExampleAndRepair[];
  check(context: RuleContext): Iterable<Problem>;
  /** Of a rule over sagas that can judge without a manifest: what it says of one definition alone. */
  alone?(saga: SagaDocument): Iterable<Problem>;
}
