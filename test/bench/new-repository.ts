import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eda } from "./checkout.ts";
import { type Contender, inTurn } from "./in-turn.ts";
import { jinjaTemplates } from "./peers/jinja-template.ts";
import { pythonPeers } from "./peers/python.ts";
import { yoCommand } from "./peers/yo.ts";
import { duration, type Section } from "./report.ts";
import { withScratch } from "./scratch.ts";
import { median, pairedRatio } from "./statistics.ts";
import { type Command, type Timing, timed } from "./timed-command.ts";

const name = "order-management";
const flags = [name, "--example", name, "--defaults", "--skip-install"] as const;

/** `eda new` of the example as a whole process, beside `yo eda`, Cookiecutter and Copier. */
export async function newRepository(rounds: number, install: boolean): Promise<Section> {
  return withScratch(async (folder) => {
    const out = join(folder, "out");
    const home = join(folder, "home");
    for (const each of [out, home]) mkdirSync(each);

    const ours = contender("`eda new`", { argv: [...eda, "new", ...flags], cwd: out });
    await ours.run();
    const template = jinjaTemplates(join(out, name), name, join(folder, "template"));
    const contenders = [ours];
    const notes: string[] = [];

    const yo = yoCommand(folder);
    if ("missing" in yo) notes.push(`\`yo eda\` is left out: ${yo.missing}.`);
    else contenders.push(contender("`yo eda`", { ...yo, argv: [...yo.argv, ...flags] }));

    const python = pythonPeers(install);
    if ("missing" in python) notes.push(`Cookiecutter and Copier are left out: ${python.missing}.`);
    else {
      const { names, cookiecutter, copier } = python;
      const common = { cwd: out, env: { HOME: home } };
      contenders.push(
        contender(names.cookiecutter, { argv: [cookiecutter, "--no-input", template.cookiecutter], ...common }),
        contender(names.copier, { argv: [copier, "copy", "--quiet", "--defaults", template.copier, name], ...common }),
      );
    }
    for (const each of contenders) {
      await each.prepare?.();
      await each.run();
      const made = filesBelow(join(each.cwd, name));
      if (made !== template.files) throw new Error(`${each.name} made ${made} files instead of ${template.files}`);
    }

    const results = await inTurn(rounds, contenders);
    const first = results.get(ours.name)!;
    return {
      title: "A new repository",
      text: [
        `\`eda new ${flags.join(" ")}\`: ${template.files} files, ${Math.round(template.bytes / 1024)} KiB. ` +
          "Cookiecutter and Copier render a template made of that output, as many files of the same sizes. What we copy " +
          "as it is (the runtime), they copy too; into the rest they fill the system's name.",
        `Whole processes in turn, ${rounds} ${rounds === 1 ? "round" : "rounds"} after a warm-up. Aim: at most 0.6 of Cookiecutter's time.`,
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

function contender(title: string, command: Command): Contender<Timing> & { readonly cwd: string } {
  return {
    name: title,
    cwd: command.cwd,
    prepare: () => rmSync(join(command.cwd, name), { recursive: true, force: true }),
    run: () => timed(command),
  };
}

function filesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
