import { diffLines } from "diff";
import type { Example, ExampleAndRepair } from "./rule.ts";

/** An example that is no longer than this is shown whole. */
const longestWhole = 21;
/** Unchanged lines that are shown before and behind each change. */
const context = 2;

interface Row {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/**
 * An example and its repair as one difference: the lines that the repair takes away and adds, with what stands around
 * and above them, and those that the example makes its point with. What is left out shows as `…`.
 */
export function exampleDiff({ fails, repair, points = [] }: ExampleAndRepair): string {
  const [from, to] = [filesOf(fails), filesOf(repair)];
  const paths = [...new Set([...from.keys(), ...to.keys()])];
  const files = paths.map((path) => ({ path, rows: rowsOf(from.get(path), to.get(path)) }));
  const isWhole = files.reduce((lines, { rows }) => lines + rows.length, 0) <= longestWhole;
  const shown = files.flatMap(({ path, rows }) => {
    const lines = isWhole ? rows.map(line) : excerpt(rows, points);
    return lines.length === 0 ? [] : [{ path, lines }];
  });
  const isNamed = shown.length > 1 || shown[0]?.path !== "eda.yaml";
  return shown.map(({ path, lines }) => [...(isNamed ? [`  # ${path}`] : []), ...lines].join("\n")).join("\n\n");
}

function filesOf({ manifest, files = {}, edited = [] }: Example): ReadonlyMap<string, string> {
  return new Map([
    ...(manifest === undefined ? [] : [["eda.yaml", manifest] as const]),
    ...Object.entries(files),
    ...edited.map((path) => [path, "a derived file, changed by hand"] as const),
  ]);
}

function rowsOf(from = "", to = ""): readonly Row[] {
  const ended = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
  return diffLines(ended(from), ended(to)).flatMap(({ value, added, removed }) =>
    value
      .split("\n")
      .filter((text) => text !== "")
      .map((text): Row => ({ sign: added ? "+" : removed ? "-" : " ", text })),
  );
}

function excerpt(rows: readonly Row[], points: readonly string[]): readonly string[] {
  const kept = new Set<number>();
  for (const [at, { sign, text }] of rows.entries()) {
    const isPoint = points.some((point) => text.includes(point));
    if (sign === " " && !isPoint) continue;
    const around = sign === " " ? 0 : context;
    for (let near = at - around; near <= at + around; near++) if (near in rows) kept.add(near);
    for (const above of ancestors(rows, at)) kept.add(above);
  }
  return [...kept]
    .toSorted((a, b) => a - b)
    .flatMap((at, index, all) => {
      const isFirst = index === 0 && at === 0;
      const isNext = index > 0 && all[index - 1] === at - 1;
      const gap = isFirst || isNext ? [] : [`  ${indentOf(rows[at]!)}…`];
      const end = index === all.length - 1 && at < rows.length - 1 ? ["  …"] : [];
      return [...gap, line(rows[at]!), ...end];
    });
}

/** The lines that a line stands below: each of less indentation than the one before. */
function ancestors(rows: readonly Row[], of: number): readonly number[] {
  const above: number[] = [];
  let indent = indentOf(rows[of]!).length;
  for (let at = of - 1; at >= 0 && indent > 0; at--) {
    const own = indentOf(rows[at]!).length;
    if (own >= indent) continue;
    above.push(at);
    indent = own;
  }
  return above;
}

function indentOf({ text }: Row): string {
  return /^ */.exec(text)![0];
}

function line({ sign, text }: Row): string {
  return `${sign} ${text}`;
}
