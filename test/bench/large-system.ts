import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bigManifest } from "../support/big-system.ts";
import { checkout, eda } from "./checkout.ts";
import { type Contender, inTurn } from "./in-turn.ts";
import { say } from "./progress.ts";
import { aim, duration, type Section } from "./report.ts";
import { withScratch } from "./scratch.ts";
import { median, pairedRatio } from "./statistics.ts";
import { type Command, peakMemory, type Timing, timed } from "./timed-command.ts";

const eventsEach = 10;
const parsing =
  "require('yaml').parseDocument(require('node:fs').readFileSync('eda.yaml','utf8')).toJS({ maxAliasCount: -1 })";

/** `eda validate` and `eda add service` in a small and in a large system, beside a mere parse of the same manifest. */
export async function largeSystem(rounds: number, sizes: readonly [small: number, large: number]): Promise<Section> {
  return withScratch(async (folder) => {
    const [small, large] = sizes;
    const rows: string[][] = [];
    const notes: string[] = [];
    const middles = new Map<string, number>();
    for (const services of sizes) {
      const cwd = join(folder, `system-${services}`);
      say(`  a repository of ${services} services`);
      mkdirSync(cwd);
      writeFileSync(join(cwd, "eda.yaml"), bigManifest(services, eventsEach));
      await timed({ argv: [...eda, "sync"], cwd });
      const contenders = commands(cwd);
      const results = await inTurn(rounds, contenders);
      const parse = results.get(contenders.at(-1)!.name)!;
      for (const { name, command } of contenders) {
        const runs = results.get(name)!;
        const time = median(runs.map(({ wallMs }) => wallMs));
        const cpu = median(runs.map(({ cpuMs }) => cpuMs));
        const before = middles.get(name);
        middles.set(name, cpu);
        const ratio = pairedRatio(
          runs.map(({ cpuMs }) => cpuMs),
          parse.map(({ cpuMs }) => cpuMs),
        );
        rows.push([
          name,
          String(services),
          duration(time),
          duration(cpu),
          `${(await peakMemory(command())).toFixed(0)} MiB`,
          ratio.toFixed(2),
          before === undefined ? "" : `${(cpu / before).toFixed(1)} times`,
        ]);
        if (services !== large || !name.startsWith("`eda ")) continue;
        notes.push(aim(`${name} of ${large} services, time`, time, 1_000, duration));
        const growth = cpu / (before ?? cpu);
        notes.push(
          aim(`its growth from ${small} services`, growth, large / small, (value) => `${value.toFixed(1)} times`),
        );
      }
    }
    const kilobytes = statSync(join(folder, `system-${large}`, "eda.yaml")).size / 1024;
    return {
      title: "A large system",
      text: [
        `Systems of ${small} and ${large} services with ${eventsEach} events and as many commands each; the larger one's ` +
          `manifest has ${kilobytes.toFixed(0)} KiB and ${(large * eventsEach).toLocaleString("en")} events. In the whole ` +
          "repository on disk: `eda validate` reads every derived file too, `eda add service` renders everything, compares it " +
          "with the record and writes what is new. Beside it the npm package `yaml` only reads the manifest.",
        `Whole processes in turn, ${rounds} rounds after a warm-up.`,
      ],
      head: ["", "services", "time", "processor time", "peak memory", "over parsing alone", "growth of processor time"],
      rows,
      notes,
    };
  });
}

function commands(cwd: string): readonly (Contender<Timing> & { command(): Command })[] {
  let added = 0;
  const words = () => ["add", "service", `added-${++added}`, "--commands", "DoIt", "--events", "ItDone", "--defaults"];
  const contender = (name: string, argv: () => Command["argv"]) => ({
    name,
    command: () => ({ argv: argv(), cwd }),
    run: () => timed({ argv: argv(), cwd }),
  });
  const yaml = checkout("node_modules/yaml");
  return [
    contender("`eda validate`", () => [...eda, "validate"]),
    contender("`eda add service`", () => [...eda, ...words()]),
    contender("`yaml` reads the manifest", () => [
      process.execPath,
      "-e",
      parsing.replace("'yaml'", JSON.stringify(yaml)),
    ]),
  ];
}
