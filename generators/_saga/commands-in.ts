import type { DraftCommand, DraftStep, SagaDraft } from "./draft.ts";

/** A command of a definition, and which part it plays. */
export type PlacedCommand =
  | { readonly role: "step" | "compensation"; readonly command: DraftCommand; readonly step: DraftStep }
  | { readonly role: "completed" | "compensated"; readonly command: DraftCommand; readonly step?: undefined };

const known = new WeakMap<SagaDraft, readonly PlacedCommand[]>();

/** Every command of a definition in the order in which it is written: steps with their compensations, then endings. */
export function commandsIn(draft: SagaDraft): readonly PlacedCommand[] {
  let commands = known.get(draft);
  if (commands === undefined) {
    commands = placed(draft);
    known.set(draft, commands);
  }
  return commands;
}

function placed({ groups, completed, compensated }: SagaDraft): readonly PlacedCommand[] {
  return [
    ...groups
      .flat()
      .flatMap((step): PlacedCommand[] => [
        { role: "step", command: step, step },
        ...(step.compensation ? [{ role: "compensation", command: step.compensation, step } as const] : []),
      ]),
    ...(completed ? [{ role: "completed", command: completed } as const] : []),
    ...(compensated ? [{ role: "compensated", command: compensated } as const] : []),
  ];
}
