import { manifestSchemaText } from "../_system/manifest-schema.ts";
import type { System } from "../_system/system.ts";
import { describeService, systemSection } from "./documents.ts";
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
    { kind: "derived", path: "docs/system.md", content: systemDocument(system) },
    {
      kind: "derived",
      path: "AGENTS.md",
      content: templates.fill("repository/AGENTS.md.ejs", {
        name: system.name,
        services: system.services.map(describeService).join("\n") || "- none yet",
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
