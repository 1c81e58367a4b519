import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Templates of one set of files, as Cookiecutter and as Copier want them. */
export interface JinjaTemplates {
  readonly cookiecutter: string;
  readonly copier: string;
  readonly files: number;
  readonly bytes: number;
}

/** Files below it go through as they are, in our generator as in the peers' templates. */
const asIs = "packages/";

/**
 * Makes templates whose rendering gives as many files of the same sizes as lie in a repository: what we copy is copied
 * by the peers too, by the means that each has for it; everything else is rendered, the system's name filled in.
 */
export function jinjaTemplates(repository: string, name: string, to: string): JinjaTemplates {
  const cookiecutter = join(to, "cookiecutter");
  const copier = join(to, "copier");
  let files = 0;
  let bytes = 0;
  for (const path of filesBelow(repository)) {
    const content = readFileSync(join(repository, path));
    files++;
    bytes += content.length;
    const isCopied = path.startsWith(asIs) || content.includes(0);
    const rendered = (variable: string) => (isCopied ? content : template(content.toString(), name, variable));
    put(join(cookiecutter, "{{cookiecutter.name}}", path), rendered("{{ cookiecutter.name }}"));
    put(join(copier, isCopied ? path : `${path}.jinja`), rendered("{{ name }}"));
  }
  const context = { name, _copy_without_render: [`${asIs}*`] };
  writeFileSync(join(cookiecutter, "cookiecutter.json"), JSON.stringify(context));
  writeFileSync(join(copier, "copier.yaml"), `name:\n  type: str\n  default: ${name}\n`);
  return { cookiecutter, copier, files, bytes };
}

/** What Jinja would take for its own is quoted; the name becomes the variable. */
function template(text: string, name: string, variable: string): string {
  const quoted = text.replaceAll(/\{[{%#]/g, (sign) => `{{ '${sign}' }}`);
  return quoted.replaceAll(name, variable);
}

function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
