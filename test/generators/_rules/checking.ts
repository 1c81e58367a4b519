import { checkRules, checkSagaAlone, ruleContext } from "../../../generators/_rules/registry.ts";
import type { Example, Finding, RepositoryView, Rule, RuleContext } from "../../../generators/_rules/rule.ts";
import { loadSaga } from "../../../generators/_saga/load.ts";
import { parseManifest } from "../../../generators/_system/document.ts";

/** A repository that holds what an example says, and every file that is in no folder the example speaks of. */
function repositoryOf({ files = {}, edited = [] }: Example): RepositoryView {
  return {
    exists: (path) => path in files,
    list: (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1))
        .filter((name) => !name.includes("/")),
    editedDerivedFiles: () => edited,
    read: (path) => files[path],
  };
}

/** The context of an example; of its manifest alone where it names no file. */
export function contextOf(example: Example): RuleContext {
  const document = parseManifest(example.manifest ?? "");
  const alone = example.files === undefined && example.edited === undefined;
  return ruleContext(document, alone ? undefined : repositoryOf(example));
}

/** What is found in an example: in its saga's file alone where it has no manifest. */
export function findingsOf(example: Example, runs: Rule["runs"] = "validate"): readonly Finding[] {
  if (example.manifest !== undefined) return checkRules(contextOf(example), runs);
  return Object.entries(example.files ?? {}).flatMap(([file, text]) => checkSagaAlone(loadSaga(text, file)));
}

/** What a rule says of an example, as `line:column message`, with the file before it where that is not the manifest. */
export function said(rule: Rule, example: Example | string): readonly string[] {
  return findingsOf(typeof example === "string" ? { manifest: example } : example, rule.runs)
    .filter((finding) => finding.rule === rule.id)
    .map(({ file, line, column, message }) => `${file === "eda.yaml" ? "" : `${file}:`}${line}:${column} ${message}`);
}

/** The hints of a rule for an example. */
export function hints(rule: Rule, manifest: string): readonly string[] {
  return checkRules(contextOf({ manifest }), rule.runs)
    .filter((finding) => finding.rule === rule.id)
    .map((finding) => finding.hint);
}
