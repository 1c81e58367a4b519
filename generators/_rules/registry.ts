import type { SagaDocument } from "../_saga/load.ts";
import type { ManifestDocument } from "../_system/document.ts";
import { nearest } from "../_system/suggest.ts";
import { findingAt, findingOf, inReadingOrder } from "./finding.ts";
import { invalidManifest } from "./m01-invalid-manifest.ts";
import { unknownReference } from "./m02-unknown-reference.ts";
import { nameTakenTwice } from "./m03-name-taken-twice.ts";
import { eventWithoutConsumer } from "./m04-event-without-consumer.ts";
import { commandWithoutSender } from "./m05-command-without-sender.ts";
import { publisherWithoutOutbox } from "./m06-publisher-without-outbox.ts";
import { namedFileMissing } from "./m09-named-file-missing.ts";
import { contextCycle } from "./m10-context-cycle.ts";
import { loadDoesNotFit } from "./m12-load-does-not-fit.ts";
import { derivedFileEdited } from "./m13-derived-file-edited.ts";
import { requirementsOpen } from "./p01-requirements-open.ts";
import { streamOpen } from "./p02-stream-open.ts";
import { cqrsSagasOpen } from "./p04-cqrs-sagas-open.ts";
import { consistencyOpen } from "./p05-consistency-open.ts";
import type { Finding, RepositoryView, Rule, RuleContext } from "./rule.ts";
import { sagaRules } from "./saga-rules.ts";

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  invalidManifest,
  unknownReference,
  nameTakenTwice,
  eventWithoutConsumer,
  commandWithoutSender,
  publisherWithoutOutbox,
  namedFileMissing,
  contextCycle,
  loadDoesNotFit,
  derivedFileEdited,
  requirementsOpen,
  streamOpen,
  cqrsSagasOpen,
  consistencyOpen,
  ...sagaRules,
];

const trusting = new Set(rules.flatMap(({ id, trustsSagas }) => (trustsSagas ? [id] : [])));

/** A manifest as the rules see it. With problems against the schema EDA-M01 alone speaks, and asks for no system. */
export function ruleContext(manifest: ManifestDocument, repository?: RepositoryView): RuleContext {
  return {
    manifest,
    get system() {
      return manifest.system;
    },
    ...(repository ? { repository } : {}),
  };
}

/**
 * Runs the rules of `eda validate`, or those of the phases, and gives their findings in reading order. A document that
 * does not fit the schema has no system to judge: then EDA-M01 speaks alone.
 *
 * @param severity Only rules of this severity, where it is given.
 */
export function checkRules(context: RuleContext, runs: Rule["runs"], severity?: Rule["severity"]): readonly Finding[] {
  const invalid = findingsOf(invalidManifest, context);
  if (invalid.length > 0) return invalid.toSorted(inReadingOrder);
  const findings = rules
    .filter((rule) => rule.runs === runs && rule !== invalidManifest)
    .filter((rule) => severity === undefined || rule.severity === severity)
    .flatMap((rule) => findingsOf(rule, context));
  const isBroken = findings.some((finding) => finding.severity === "error" && finding.rule.startsWith("EDA-S"));
  const told = isBroken ? findings.filter((finding) => !trusting.has(finding.rule)) : findings;
  return told.toSorted(inReadingOrder);
}

/** Judges a saga's definition by itself, in reading order: what needs no manifest. */
export function checkSagaAlone(document: SagaDocument): readonly Finding[] {
  return rules
    .flatMap((rule) => Array.from(rule.alone?.(document) ?? [], (problem) => findingAt(rule, problem)))
    .toSorted(inReadingOrder);
}

/** What a definition by itself is not judged by. */
export function skippedAlone(): readonly string[] {
  return rules.filter(({ id, alone }) => id.startsWith("EDA-S") && alone === undefined).map(({ id }) => id);
}

function findingsOf(rule: Rule, context: RuleContext): Finding[] {
  return Array.from(rule.check(context), (problem) => findingOf(rule, problem, context.manifest));
}

/** No rule has the id that was asked for. */
export interface UnknownRule {
  readonly unknown: string;
  readonly hint: string;
}

/** The rule of an id, in any letter case, with or without `EDA-` before it. */
export function ruleById(id: string): Rule | UnknownRule {
  const wanted = id.trim().toUpperCase();
  const found = rules.find((rule) => rule.id === wanted || rule.id === `EDA-${wanted}`);
  if (found) return found;
  const ids = rules.map((rule) => rule.id);
  const near = nearest(wanted, ids);
  const suggestion = near === undefined ? "" : `Did you mean ${near}? `;
  return { unknown: id, hint: `${suggestion}The rules are ${ids.join(", ")}` };
}
