import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sagaFiles } from "../../generators/_command/saga-files.ts";
import { render } from "../../generators/_render/render.ts";
import { loadTemplates } from "../../generators/_render/templates.ts";
import { parseManifest } from "../../generators/_system/document.ts";

const example = "examples/order-management";
const runtime = fileURLToPath(new URL("../../templates/runtime", import.meta.url));

/** Its payment provider, with the same two functions as the one in the example, but outside its processes. */
const provider = `export async function capture(key, amount, signal) {
  return ask("capture", { key, amount: amount.amount }, signal);
}
export async function refund(key, by) { return ask("refund", { key, by }); }
async function ask(what, body, signal) {
  const asked = { method: "POST", body: JSON.stringify(body), signal };
  const answer = await fetch(process.env.PROVIDER + "/" + what, asked);
  return answer.json();
}
`;

/** What is changed of the example before it is rendered, and in what was rendered. */
export interface ExampleEdits {
  readonly manifest?: (text: string) => string;
  readonly saga?: (text: string) => string;
  /** By path: in place of what the example has. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Writes the services of the order-management example into a folder of their own, as `eda new` would, on this
 * checkout's runtime. Gone with this process.
 */
export function writeExampleServices({
  manifest = (text) => text,
  saga = (text) => text,
  files = {},
}: ExampleEdits = {}): string {
  const templates = loadTemplates();
  const sagas = sagaFiles((path) => saga(templates.text(`${example}/${path}`)));
  const { system } = parseManifest(manifest(templates.text(`${example}/eda.yaml`)), "eda.yaml", sagas.complete);
  const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "eda-example-")));
  process.once("exit", () => fs.rmSync(root, { recursive: true, force: true }));
  const write = (path: string, content: string) => {
    fs.mkdirSync(dirname(join(root, path)), { recursive: true });
    fs.writeFileSync(join(root, path), content);
  };
  write("package.json", '{ "type": "module" }\n');
  for (const file of render(system, templates, "0.0.0")) {
    if (file.path.startsWith("services/") && "content" in file && !file.path.endsWith("package.json"))
      write(file.path, file.content);
  }
  write("services/payments/src/domain/provider.ts", provider);
  for (const [path, content] of Object.entries(files)) write(path, content);
  fs.mkdirSync(join(root, "node_modules"));
  fs.symlinkSync(runtime, join(root, "node_modules", "eda-runtime"), "junction");
  return root;
}
