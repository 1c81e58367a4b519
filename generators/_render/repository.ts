import { sagaSchemaText } from "../_saga/saga-schema.ts";
import { manifestSchemaText } from "../_system/manifest-schema.ts";
import type { System } from "../_system/system.ts";
import { describeSaga, describeService, systemSection } from "./documents.ts";
import type { RenderedFile } from "./file.ts";
import { repositoryPackageJson } from "./package-json.ts";
import { systemDocument } from "./system-document.ts";
import type { Templates } from "./templates.ts";

const begin = "<!-- eda:system";
const note = "(kept in step with eda.yaml; write around it)";
const end = "<!-- /eda:system -->";

/** Root files and documents. */
export function repositoryFiles(system: System, templates: Templates, generator: string): readonly RenderedFile[] {
  const started = (path: string, template = path): RenderedFile => ({
    kind: "started",
    path,
    content: templates.text(`repository/${template}`),
  });
  return [
    repositoryPackageJson(system, generator),
    readme(system, templates),
    { kind: "derived", path: ".eda/manifest.schema.json", content: manifestSchemaText() },
    ...(system.sagas.length === 0
      ? []
      : [{ kind: "derived", path: ".eda/saga.schema.json", content: sagaSchemaText() } as const]),
    { kind: "derived", path: "docs/system.md", content: systemDocument(system) },
    {
      kind: "derived",
      path: "AGENTS.md",
      content: templates.fill("repository/AGENTS.md.ejs", {
        name: system.name,
        services: system.services.map(describeService).join("\n") || "- none yet",
        sagas: sagaNotes(system),
      }),
    },
    started(".yo-rc.json", "yo-rc.json"),
    started("tsconfig.json"),
    started(".gitignore", "gitignore"),
    started(".gitattributes", "gitattributes"),
    started(".env.example", "env.example"),
    started(".github/workflows/ci.yml"),
  ];
}

/** What AGENTS.md says of sagas; nothing where there are none. */
function sagaNotes({ sagas }: System): string {
  if (sagas.length === 0) return "";
  return [
    "",
    "Sagas: flows across services, each in a file that is checked and then runs as it is written. A step is a command with",
    "its outcomes and what undoes it; each command has a handler in `services/*/src/handlers`. Edit the file, give it a new",
    "`version`, then `npx eda validate` and `npx eda sync`. A handler decides; it never sends, waits or retries by itself.",
    ...sagas.map(describeSaga),
    "",
  ].join("\n");
}

/**
 * The README is its owner's, but for the part between two markers, which names services, ports and commands. One that
 * was there before the repository gets that part at its end, once: whoever takes the markers out wants it no more.
 */
function readme(system: System, templates: Templates): RenderedFile {
  const section = systemSection(system);
  return {
    kind: "shared",
    path: "README.md",
    edit(current, isOurs) {
      if (current === undefined)
        return templates.fill("repository/README.md.ejs", { name: system.name, system: section });
      const from = current.indexOf(begin);
      const to = current.indexOf(end, from);
      if (from >= 0 && to >= 0) {
        const marker = current.slice(from, current.indexOf("\n", from) + 1);
        return `${current.slice(0, from)}${marker}${section}\n${current.slice(to)}`;
      }
      const own = current.trimEnd();
      return isOurs ? current : `${own}${own === "" ? "" : "\n\n"}${begin} ${note} -->\n${section}\n${end}\n`;
    },
  };
}
