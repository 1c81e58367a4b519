import { loadTemplates } from "../_render/templates.ts";
import { EdaError } from "../_system/errors.ts";
import { collectAnswers, type Unanswered } from "./answers.ts";
import type { Command, Groundwork, Invocation } from "./command.ts";
import { type Committed, commitRun } from "./commit.ts";
import type { Door, Step } from "./door.ts";
import { markDecisions, passGate, setPhase } from "./gate.ts";
import { editable, type Opened, openExisting, openText } from "./opened.ts";
import { commandNamed, typed } from "./registry.ts";
import { sagaFilesIn } from "./saga-files.ts";
import { chooseTarget } from "./target.ts";

/**
 * One run over one repository: any number of commands, then one plan, one lock, one write. Commands that a generator
 * composes, ours or somebody else's, share it.
 */
export interface Session {
  /** Asks what is unanswered and edits the manifest in memory. Writes nothing. */
  add(invocation: Invocation): Promise<void>;
  /** Checks the rules, shows what will be written, writes it. The second call does nothing. */
  commit(): Promise<Committed | undefined>;
}

export function openSession(door: Door): Session {
  const steps: Step[] = [];
  const next: string[] = [];
  let opened: Opened | undefined;
  let isCommitted = false;

  async function run(to: Opened, command: Command<never>, invocation: Invocation): Promise<void> {
    const { manifest } = to;
    const sagas = to.sagas.of(manifest);
    const take = (step: Step) => {
      step(manifest, sagas);
      steps.push(step);
    };
    const unanswered = unansweredBy(door, invocation);
    if (!invocation.because) {
      await passGate(command, manifest, unanswered, (phase, status) => take((at) => setPhase(at, phase, status)));
    }
    const { answers, assumed } = await collectAnswers(command, invocation, unanswered, manifest.system);
    for (const needed of command.needs?.(answers, manifest.system) ?? []) await supply(to, needed, take);
    for (const line of command.says?.(answers, manifest.system) ?? []) door.output.line(line);
    take((at, sagas) => {
      // An edit that changes nothing leaves the value that it was; to write the text out for this would cost a parse.
      const before = at.get([]);
      command.edit({ manifest: at, answers, sagas });
      if (at.get([]) !== before) markDecisions(at, command, answers, assumed);
    });
    for (const line of command.tells?.({ manifest, answers, sagas }) ?? []) door.output.line(line);
    for (const line of command.next?.(answers, manifest.system) ?? []) if (!next.includes(line)) next.push(line);
    for (const brought of command.brings?.({ manifest, answers, sagas }) ?? []) {
      door.output.line(brought.because ?? "");
      await run(to, commandNamed(brought.command), brought);
    }
  }

  /** What is needed and not there is asked for at a terminal, made under `--defaults`, and else refused. */
  async function supply(to: Opened, needed: Invocation | Groundwork, take: (step: Step) => void): Promise<void> {
    const agreed = door.defaults || (await door.asker?.confirm(`${needed.because} Go on?`, true));
    if ("edit" in needed) {
      if (!agreed) throw new EdaError(needed.because, { hint: needed.otherwise });
      door.output.line(needed.because);
      take((manifest, sagas) => needed.edit({ manifest, sagas }));
      return;
    }
    const command = commandNamed(needed.command);
    const first = `${typed(command.name)} ${needed.said[command.argument]}`;
    if (!agreed) throw new EdaError(`${first} has to come first`, { hint: `Run \`${first}\`, then this again` });
    door.output.line(needed.because ?? "");
    await run(to, command, needed);
  }

  return {
    async add(invocation) {
      let asked = invocation;
      if (invocation.command === "app") {
        const target = await chooseTarget(door.cwd, invocation.said.name, door.asker);
        opened =
          target.existing === undefined ? openNew(target.root, invocation) : openText(target.root, target.existing);
        // At the root of a repository, a new one is that one again: everything derived is rendered, nothing is asked.
        if (target.existing !== undefined) {
          door.output.line(`${target.name} is a repository already, so this is \`eda sync\` in it.`);
          return;
        }
        asked = { ...invocation, said: { ...invocation.said, name: target.name } };
      }
      opened ??= openExisting(door.cwd);
      await run(opened, commandNamed(asked.command), asked);
    },
    async commit() {
      if (isCommitted || !opened) return undefined;
      isCommitted = true;
      return commitRun(door, opened, steps, next);
    },
  };
}

function unansweredBy(door: Door, invocation: Invocation): Unanswered {
  if (invocation.because || door.defaults) return { by: "default" };
  return door.asker ? { by: "asking", asker: door.asker } : { by: "refusing" };
}

function openNew(root: string, { said }: Invocation): Opened {
  const sagas = sagaFilesIn(root);
  const path = startingManifest(said.example);
  const manifest = editable(loadTemplates().text(path), sagas);
  for (const [saga, text] of sagasBeside(path)) sagas.write(saga, text);
  const generator = said.generator;
  return { root, manifest, sagas, ...(generator !== undefined && { generator }) };
}

/** The saga files of an example, by their path in a repository. */
function sagasBeside(manifest: string): readonly (readonly [string, string])[] {
  const templates = loadTemplates();
  const folder = manifest.slice(0, manifest.lastIndexOf("/"));
  return templates
    .below(`${folder}/sagas`)
    .map((path) => [`sagas/${path}`, templates.text(`${folder}/sagas/${path}`)] as const);
}

function startingManifest(example: string | undefined): string {
  if (example === undefined || example === "" || example === "none") return "repository/eda.yaml";
  const path = `examples/${example}/eda.yaml`;
  if (!loadTemplates().below("examples").includes(`${example}/eda.yaml`)) {
    const known = loadTemplates()
      .below("examples")
      .filter((each) => each.endsWith("/eda.yaml"));
    throw new EdaError(`There is no example ${JSON.stringify(example)}`, {
      hint: `Examples are ${known.map((each) => each.slice(0, -"/eda.yaml".length)).join(", ")}`,
    });
  }
  return path;
}
