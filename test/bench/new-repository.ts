import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { eda } from "./checkout.ts";
import { type Contender, inTurn } from "./in-turn.ts";
import { jinjaTemplates } from "./peers/jinja-template.ts";
import { pythonPeers } from "./peers/python.ts";
import { yoCommand } from "./peers/yo.ts";
import { aim, duration, type Section } from "./report.ts";
import { withScratch } from "./scratch.ts";
import { median, pairedRatio } from "./statistics.ts";
import { type Command, type Timing, timed } from "./timed-command.ts";

const name = "order-management";
const flags = [name, "--example", name, "--defaults", "--skip-install"] as const;

/** `eda new` of the example as a whole process, beside `yo eda`, Cookiecutter and Copier. */
export async function newRepository(rounds: number, install: boolean): Promise<Section> {
  return withScratch(async (folder) => {
    const home = join(folder, "home");
    mkdirSync(home);

    const ours = contender("`eda new`", { argv: [...eda, "new", ...flags], cwd: join(folder, "eda") });
    await ours.run();
    const template = jinjaTemplates(ours.made(), name, join(folder, "template"));
    const contenders = [ours];
    const notes: string[] = [];

    const yo = yoCommand(folder);
    if ("missing" in yo) notes.push(`\`yo eda\` is left out: ${yo.missing}.`);
    else contenders.push(contender("`yo eda`", { ...yo, argv: [...yo.argv, ...flags] }));

    const python = pythonPeers(install);
    if ("missing" in python) notes.push(`Cookiecutter and Copier are left out: ${python.missing}.`);
    else {
      const { names, cookiecutter, copier } = python;
      const env = { HOME: home };
      const made = [cookiecutter, "--no-input", template.cookiecutter] as const;
      const copied = [copier, "copy", "--quiet", "--defaults", template.copier, name] as const;
      contenders.push(
        contender(names.cookiecutter, { argv: made, cwd: join(folder, "cookiecutter"), env }),
        contender(names.copier, { argv: copied, cwd: join(folder, "copier"), env }),
      );
    }
    for (const each of contenders) {
      await each.run();
      const made = filesBelow(each.made());
      if (made !== template.files) throw new Error(`${each.name} made ${made} files instead of ${template.files}`);
    }

    const results = await inTurn(rounds, contenders);
    const first = results.get(ours.name)!;
    if (!("missing" in python)) {
      const peer = results.get(python.names.cookiecutter)!;
      const ratio = pairedRatio(
        first.map(({ wallMs }) => wallMs),
        peer.map(({ wallMs }) => wallMs),
      );
      notes.push(aim("`eda new` over Cookiecutter, time", ratio, 0.6, (value) => value.toFixed(2)));
    }
    return {
      title: "A new repository",
      text: [
        `\`eda new ${flags.join(" ")}\`: ${template.files} files, ${Math.round(template.bytes / 1024)} KiB. ` +
          "Cookiecutter and Copier render a template made of that output, as many files of the same sizes. What we copy " +
          "as it is (the runtime), they copy too; into the rest they fill the system's name.",
        `Whole processes in turn, each into a new folder, ${rounds} ${rounds === 1 ? "round" : "rounds"} after a warm-up.`,
      ],
      head: ["", "time", "processor time", "`eda new` over it: time", "processor time"],
      rows: contenders.map((each) => {
        const runs = results.get(each.name)!;
        const middle = (of: (timing: Timing) => number) => duration(median(runs.map(of)));
        const ratio = (of: (timing: Timing) => number) => pairedRatio(first.map(of), runs.map(of)).toFixed(2);
        const figures = [({ wallMs }: Timing) => wallMs, ({ cpuMs }: Timing) => cpuMs];
        return [each.name, ...figures.map(middle), ...(each === ours ? ["", ""] : figures.map(ratio))];
      }),
      notes,
    };
  });
}

interface Maker extends Contender<Timing> {
  /** The repository of the last run. */
  made(): string;
}

/**
 * Each run has a new folder, and nothing is deleted before the end: file systems take longer to make files where others
 * have just been deleted, and that would be measured instead.
 */
function contender(title: string, command: Command): Maker {
  let runs = 0;
  const folder = () => join(command.cwd, String(runs));
  return {
    name: title,
    made: () => join(folder(), name),
    run() {
      runs++;
      mkdirSync(folder(), { recursive: true });
      chmodSync(folder(), 0o777);
      return timed({ ...command, cwd: folder() });
    },
  };
}

function filesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
