import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { checkout } from "./checkout.ts";

/** What the figures were measured on, and of what: a row each. */
export function machine(): readonly (readonly [what: string, value: string])[] {
  const [processor] = cpus();
  return [
    ["processor", `${processor?.model.trim() ?? "unknown"}, ${cpus().length} cores`],
    ["memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ["system", `${distribution()}${type()} ${/^\d+(\.\d+)*/.exec(release())?.[0] ?? ""}`],
    ["load when it began", `${loadavg()[0]?.toFixed(1)} processes waiting or running (average of the minute before)`],
    ["Node", process.versions.node],
    ["generator-eda", `${version()}, commit ${commit()}`],
    ["date", new Date().toISOString().slice(0, 16).replace("T", " ")],
  ];
}

function distribution(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    return name === undefined ? "" : `${name}, `;
  } catch {
    return "";
  }
}

function version(): string {
  return (JSON.parse(readFileSync(checkout("package.json"), "utf8")) as { version: string }).version;
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: checkout(), encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
