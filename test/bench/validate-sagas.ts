import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manySagas } from "../support/many-sagas.ts";
import { eda } from "./checkout.ts";
import { inTurn } from "./in-turn.ts";
import { say } from "./progress.ts";
import { aim, duration, type Section } from "./report.ts";
import { withScratch } from "./scratch.ts";
import { median } from "./statistics.ts";
import { peakMemory, type Timing, timed } from "./timed-command.ts";

/** `eda validate` in a repository with very many sagas, beside one with a few. */
export async function validateSagas(rounds: number, sizes: readonly [few: number, many: number]): Promise<Section> {
  return withScratch(async (folder) => {
    const contenders = sizes.map((sagas) => {
      const cwd = join(folder, `sagas-${sagas}`);
      say(`  a repository of ${sagas} sagas`);
      const { manifest, files } = manySagas(sagas);
      mkdirSync(join(cwd, "sagas"), { recursive: true });
      writeFileSync(join(cwd, "eda.yaml"), manifest);
      for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
      const command = { argv: [...eda, "validate"], cwd } as const;
      return { name: String(sagas), command, run: (): Promise<Timing> => timed(command) };
    });
    const results = await inTurn<Timing>(rounds, contenders);
    const rows: string[][] = [];
    const notes: string[] = [];
    for (const { name, command } of contenders) {
      const runs = results.get(name)!;
      const time = median(runs.map(({ wallMs }) => wallMs));
      const cpu = median(runs.map(({ cpuMs }) => cpuMs));
      rows.push([name, duration(time), duration(cpu), `${(await peakMemory(command)).toFixed(0)} MiB`]);
      if (name === String(sizes[1])) notes.push(aim(`\`eda validate\` of ${name} sagas, time`, time, 2_000, duration));
    }
    return {
      title: "Many sagas",
      text: [
        "`eda validate` in repositories of seven services and as many sagas of three steps as the table says, each in a " +
          "file of its own: reads them all, and judges each by every rule.",
        `Whole processes in turn, ${rounds} rounds after a warm-up.`,
      ],
      head: ["sagas", "time", "processor time", "peak memory"],
      rows,
      notes,
    };
  });
}
