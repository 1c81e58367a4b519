import { missingDecisions } from "../_rules/phases.ts";
import type { ManifestDocument } from "../_system/document.ts";
import { EdaError } from "../_system/errors.ts";
import { decisionPath, phaseText } from "../_system/phases.ts";
import type { PhaseName } from "../_system/system.ts";
import type { Unanswered } from "./answers.ts";
import type { Answers, Command } from "./command.ts";
import { typed } from "./registry.ts";

/**
 * Sees to it that nothing is generated on a decision that nobody took or saw: phases before the command's own that
 * are open are confirmed at a terminal, assumed by `--defaults`, and refused otherwise.
 */
export async function passGate(
  command: Command<never>,
  manifest: ManifestDocument,
  unanswered: Unanswered,
  decide: (phase: PhaseName, status: "assumed" | "decided") => void,
): Promise<void> {
  const open = missingDecisions(manifest.system, command.phase);
  if (open.length === 0) return;
  if (unanswered.by === "refusing") {
    throw new EdaError(
      `${typed(command.name)} comes after a decision on ${open.join(", ")}, which nobody has taken yet`,
      {
        hint: "Run it in a terminal to be asked, or with --defaults to assume the defaults; `eda phases` shows them",
      },
    );
  }
  for (const phase of open) {
    if (unanswered.by === "default") {
      decide(phase, "assumed");
      continue;
    }
    const { title, assumption } = phaseText(phase);
    const agreed = await unanswered.asker.confirm(`Undecided yet: ${title}. Go on with: ${assumption}?`, true);
    if (!agreed) {
      throw new EdaError(`The phase ${phase} stays open, and ${typed(command.name)} comes after it`, {
        hint: "Write your decision into eda.yaml under `phases`, then run this again",
      });
    }
    decide(phase, "decided");
  }
}

/** Marks a phase in the manifest and names its decision record. */
export function setPhase(manifest: ManifestDocument, phase: PhaseName, status: "assumed" | "decided"): void {
  // Of the document, not of its system: that would be built again after each of these small edits.
  manifest.set(["phases", phase], {
    status,
    decision: manifest.get(["phases", phase, "decision"]) ?? decisionPath(phase),
  });
}

/**
 * Marks the phases that a command's answers decide: assumed where a default took one of them without anybody seeing
 * it, else decided where the phase was open. What is assumed stays so until a person accepts it.
 */
export function markDecisions(
  manifest: ManifestDocument,
  command: Command<never>,
  answers: Answers,
  assumed: ReadonlySet<string>,
): void {
  const touched = new Map<PhaseName, "assumed" | "decided">();
  for (const { key, decides } of command.options) {
    if (!decides) continue;
    if (assumed.has(key)) touched.set(decides, "assumed");
    else if (key in answers && !touched.has(decides)) touched.set(decides, "decided");
  }
  for (const [phase, status] of touched) {
    if (status === "assumed" || isOpen(manifest, phase)) setPhase(manifest, phase, status);
  }
}

function isOpen(manifest: ManifestDocument, phase: PhaseName): boolean {
  return (manifest.get(["phases", phase, "status"]) ?? "open") === "open";
}
