import { type PhaseName, phaseNames } from "./system.ts";

/** What a phase is called, and what holds where nobody has decided otherwise. */
export interface PhaseText {
  readonly title: string;
  readonly assumption: string;
}

const texts: Readonly<Record<PhaseName, PhaseText>> = {
  requirements: {
    title: "requirements",
    assumption: "contexts, services, commands and events are those in eda.yaml",
  },
  stream: {
    title: "event stream",
    assumption: "Kafka with the numbers under `stream` in eda.yaml",
  },
  "event-sourcing": {
    title: "event sourcing",
    assumption: "every aggregate keeps its current state, not its events",
  },
  "cqrs-sagas": {
    title: "CQRS and sagas",
    assumption: "flows across services are the reactions, sagas and read models in eda.yaml",
  },
  consistency: {
    title: "consistency and streams",
    assumption: "every publishing service has an outbox with a polling relay",
  },
};

export function phaseText(name: PhaseName): PhaseText {
  return texts[name];
}

/** `docs/decisions/0002-stream.md`. */
export function decisionPath(name: PhaseName): string {
  return `docs/decisions/${String(phaseNames.indexOf(name) + 1).padStart(4, "0")}-${name}.md`;
}
