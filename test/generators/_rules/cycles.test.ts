import { deepEqual } from "node:assert/strict";
import { cyclesIn } from "../../../generators/_rules/cycles.ts";

/** `a>b` as a link from a to b. */
function graph(...edges: string[]) {
  return edges.map((edge) => {
    const [from = "", to = ""] = edge.split(">");
    return { from, to, edge };
  });
}

function cycles(...edges: string[]): string[] {
  return cyclesIn(graph(...edges)).map((cycle) => cycle.map(({ edge }) => edge).join(" "));
}

describe("cycles of what leads to what", () => {
  it("finds none in a graph that flows one way", () => deepEqual(cycles("a>b", "a>c", "b>d", "c>d"), []));

  it("finds one behind a way in that is no part of it", () =>
    deepEqual(cycles("a>b", "b>c", "c>d", "d>b"), ["b>c c>d d>b"]));

  it("finds two that have nothing in common", () =>
    deepEqual(cycles("a>b", "b>a", "c>d", "d>c"), ["a>b b>a", "c>d d>c"]));

  it("shows a knot once", () => deepEqual(cycles("a>b", "b>a", "b>c", "c>a"), ["a>b b>a"]));

  it("finds one that a finished branch leads past", () =>
    deepEqual(cycles("a>x", "a>b", "b>x", "b>c", "c>a"), ["a>b b>c c>a"]));

  it("follows a chain that is longer than the call stack", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => `${index}>${index + 1}`);
    deepEqual(cycles(...chain), []);
    deepEqual(cyclesIn(graph(...chain, "20000>0")).length, 1);
  });
});
