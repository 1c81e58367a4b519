import type { ManifestDocument } from "../_system/document.ts";
import type { PhaseName, System } from "../_system/system.ts";
import type { Asker } from "./ask.ts";

/** The kinds of thing that a command adds; also the names of the generators. */
export type CommandName = "app" | "service" | "outbox-migration" | "saga";

/** Answers by option key, as the options' `parse` made them. */
export type Answers = Readonly<Record<string, unknown>>;

/**
 * A command is data: its argument, its flags with their prompts, and one function that edits the manifest. Yeoman's
 * generator class, the `eda` bin, the help text and the answers file are all made from this description.
 */
export interface Command<A extends object = object> {
  readonly name: CommandName;
  /** What it does, in one line of help. */
  readonly summary: string;
  /** Key of the option that is typed without a flag: `yo eda:service <name>`. */
  readonly argument: keyof A & string;
  /** In the order in which they are asked. */
  readonly options: readonly Option<A>[];
  /** Phase that its entries belong to; earlier ones must have a decision first. */
  readonly phase: PhaseName;
  /** Commands whose entries must be there before this one's edit makes sense, and what no command adds. */
  needs?(answers: A, system: System): readonly (Invocation | Groundwork)[];
  /** What to say of an entry that is there already, before anything is changed. */
  says?(answers: A, system: System): readonly string[];
  /** Changes the manifest to what was answered. Throws an `EdaError` for answers that do not fit the system. */
  edit(edit: Edit<A>): void;
  /** What to say of what the edit has made of files, once it has. */
  tells?(edit: Edit<A>): readonly string[];
  /** Commands that this one brings along, given what the manifest says after its own edit. */
  brings?(edit: Edit<A>): readonly Invocation[];
  /** The commands to type next, printed at the end. */
  next?(answers: A, system: System): readonly string[];
}

export interface Option<A extends object = object> {
  readonly key: keyof A & string;
  /** As in help: `--commands <A,B>`; `<name>` for the argument. */
  readonly flag: string;
  /** No command without it, so there is nothing that `--defaults` could take. */
  readonly required?: true;
  readonly describe: string;
  /** Turns typed text into the answer; throws an `EdaError` that says what is allowed. */
  parse(text: string): unknown;
  /** The text for an answers file's value that is more than a text or a list of texts; undefined where it is not. */
  fromFile?(value: unknown): string | undefined;
  /** Absent for what only a flag gives. */
  readonly question?: Question<A>;
  /** The phase whose decision this answer is, where it is one. */
  readonly decides?: PhaseName;
}

export interface Question<A extends object = object> {
  readonly message: string;
  readonly choices?: readonly { readonly value: string; readonly name: string }[];
  /** Whether the question makes sense, given the answers before it. */
  when?(answers: Partial<A>, system: System | undefined): boolean;
  /** Text of the default, as it would be typed. */
  default(answers: Partial<A>, system: System | undefined): string;
  /** Whether the default only repeats what the manifest says: nothing is assumed then. */
  stands?(answers: Partial<A>, system: System | undefined): boolean;
  /** Not missed where nobody can be asked and no default is wanted. */
  readonly optional?: true;
  /** In place of the one question: several, whose answers together are the text. */
  interview?(asker: Asker, answers: Partial<A>, system: System | undefined): Promise<string>;
}

export interface Edit<A extends object = object> {
  readonly manifest: ManifestDocument;
  readonly answers: A;
  readonly sagas: SagaTexts;
}

/**
 * The files of the sagas, by the saga's name: documents that people write, as `eda.yaml` is one. Which file that is,
 * the manifest says: `sagas/<name>.saga.yaml` where it says nothing. What is set shows in `manifest.system` at once,
 * and is written with the manifest.
 */
export interface SagaTexts {
  /** Undefined where there is no such file. */
  get(name: string): string | undefined;
  /** As it is on disk, before any edit. */
  onDisk(name: string): string | undefined;
  /** Whether a version of it is frozen in `contracts/published`. */
  isPublished(name: string, version: number): boolean;
  /** Sets the whole text; one that is there already is to be edited, with its comments. */
  set(name: string, text: string): void;
}

/** Something to be made before an edit that is no command's entry: asked for, made or refused as a command would be. */
export interface Groundwork {
  readonly because: string;
  edit(edit: Pick<Edit, "manifest" | "sagas">): void;
  /** What to do where nobody agrees to it. */
  readonly otherwise: string;
}

/** A command with what was said to it. */
export interface Invocation {
  readonly command: CommandName;
  /** Texts by option key, as typed or written in an answers file. */
  readonly said: Readonly<Record<string, string>>;
  /** Why another command brought this one along; absent where a person asked for it. */
  readonly because?: string;
}
