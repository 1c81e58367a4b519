import { Command as Program } from "commander";
import { collectAnswers } from "../_command/answers.ts";
import { hasTerminal, terminal } from "../_command/ask.ts";
import { commitRun } from "../_command/commit.ts";
import type { Step } from "../_command/door.ts";
import { setPhase } from "../_command/gate.ts";
import { openExisting } from "../_command/opened.ts";
import { outputTo } from "../_command/output.ts";
import { oneOf } from "../_command/parse.ts";
import { openRepository } from "../_render/repository-view.ts";
import { phaseReport } from "../_rules/phases.ts";
import { ruleContext } from "../_rules/registry.ts";
import { EdaError } from "../_system/errors.ts";
import { decisionPath, phaseText } from "../_system/phases.ts";
import { type PhaseName, phaseNames } from "../_system/system.ts";
import { command as app } from "../app/command.ts";

export function phaseCommand(): Program {
  return new Program("phase")
    .description("Asks a phase's questions again, or accepts what was assumed")
    .argument("<name>", phaseNames.join(", "))
    .option("--accept", "turn assumed into decided")
    .action(async (text: string, { accept }: { accept?: boolean }) => {
      const phase = oneOf("phase", phaseNames)(text);
      const output = outputTo(process.stdout);
      const opened = openExisting(process.cwd());
      const asker = hasTerminal() ? terminal : undefined;
      const { status } = opened.manifest.system.phases[phase];
      const steps: Step[] = [(manifest) => setPhase(manifest, phase, "decided")];
      if (accept && status === "open") {
        throw new EdaError(`Nothing is assumed for phase ${phase} yet, so there is nothing to accept`, {
          hint: `Run \`eda phase ${phase}\` in a terminal to decide it, or ${byHand(phase)}`,
        });
      }
      if (!accept) {
        if (!asker) {
          throw new EdaError(`Phase ${phase} has questions, and there is no terminal to ask at`, {
            hint:
              status === "assumed"
                ? `Accept what was assumed with \`eda phase ${phase} --accept\`, or edit eda.yaml`
                : `Run it in a terminal, or ${byHand(phase)}`,
          });
        }
        if (phase === "stream") {
          const said = { name: opened.manifest.system.name };
          const asked = { by: "asking", asker } as const;
          const { answers } = await collectAnswers(app, { command: "app", said }, asked, opened.manifest.system);
          steps.unshift((manifest, sagas) => app.edit({ manifest, answers, sagas }));
        } else if (!(await asker.confirm(`Decide: ${phaseText(phase).assumption}?`, true))) {
          output.line("Nothing was written. Edit eda.yaml, then run this again.");
          return;
        }
      }
      const sagas = opened.sagas.of(opened.manifest);
      for (const step of steps) step(opened.manifest, sagas);
      const door = { cwd: process.cwd(), output, defaults: true, force: false, dryRun: false };
      await commitRun(door, opened, steps, []);
      const report = phaseReport(ruleContext(opened.manifest, openRepository(opened.root)));
      const missing = report.find(({ name }) => name === phase)?.missing.length ?? 0;
      if (missing > 0) output.line(`The decision is on record; ${phase} stays open all the same: see \`eda phases\`.`);
    });
}

function byHand(phase: PhaseName): string {
  return `write phases: { ${phase}: { status: decided, decision: ${decisionPath(phase)} } } in eda.yaml, then \`eda sync\``;
}
