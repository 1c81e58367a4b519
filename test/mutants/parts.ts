import { inboxMutants } from "./inbox.ts";
import type { Mutant } from "./mutant.ts";
import { outboxMutants } from "./outbox.ts";
import { choreographyMutants } from "./saga-choreography.ts";
import { directionMutants } from "./saga-direction.ts";
import { machineMutants } from "./saga-machine.ts";
import { operatorMutants } from "./saga-operator.ts";
import { orchestratorMutants } from "./saga-orchestrator.ts";
import { participantMutants } from "./saga-participant.ts";

/** Seeded faults of one part of the runtime. */
export interface Part {
  readonly name: string;
  /** Folder that the mutants' files are below, from the project's root. */
  readonly sources: string;
  /** The same of their tests. */
  readonly tests: string;
  readonly mutants: readonly Mutant[];
}

const below = (folder: string) => ({
  sources: `templates/runtime/src/${folder}`,
  tests: `test/templates/runtime/${folder}`,
});

export const parts: readonly Part[] = [
  { name: "Saga machine", ...below("saga"), mutants: [...machineMutants, ...directionMutants, ...operatorMutants] },
  { name: "Orchestrator", ...below("saga"), mutants: orchestratorMutants },
  { name: "Participants, and what they need of the inbox", ...below("saga"), mutants: participantMutants },
  { name: "Choreography", ...below("saga"), mutants: choreographyMutants },
  { name: "Inbox", ...below("inbox"), mutants: inboxMutants },
  { name: "Outbox", ...below("outbox"), mutants: outboxMutants },
];
