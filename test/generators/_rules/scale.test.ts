import { equal, ok } from "node:assert/strict";
import { phaseReport } from "../../../generators/_rules/phases.ts";
import { checkRules } from "../../../generators/_rules/registry.ts";
import type { RuleContext } from "../../../generators/_rules/rule.ts";
import { parseManifest } from "../../../generators/_system/document.ts";
import type { System } from "../../../generators/_system/system.ts";
import { bigManifest } from "../../support/big-system.ts";

/** How often the rules read something of a system of so many services, ten events each. */
function reads(services: number, judge: (context: RuleContext) => void): number {
  const manifest = parseManifest(bigManifest(services, 10));
  let count = 0;
  const seen = new WeakMap<object, object>();
  const counted = <T>(value: T): T => {
    if (typeof value !== "object" || value === null) return value;
    let proxy = seen.get(value);
    if (!proxy) {
      proxy = new Proxy(value, {
        get: (target, key, receiver) => {
          count++;
          return counted(Reflect.get(target, key, receiver));
        },
      });
      seen.set(value, proxy);
    }
    return proxy as T;
  };
  // A clone, since a proxy may not stand in for a part of a frozen value.
  judge({ manifest, system: counted(structuredClone(manifest.system)) as System });
  return count;
}

describe("the rules over a large system", () => {
  // Red when consumers.ts looks an event up by walking over all subscriptions instead of in its set.
  it("read ten times as much of a system that is ten times as large, not a hundred times", () => {
    for (const judge of [(context: RuleContext) => checkRules(context, "validate"), phaseReport]) {
      const [small, large] = [reads(10, judge), reads(100, judge)];
      ok(small > 1000);
      ok(large < 11 * small, `${small} reads for 10 services, ${large} for 100`);
    }
  });

  it("find nothing wrong in it but events that nobody consumes", () => {
    const manifest = parseManifest(bigManifest(100, 10));
    const ids = checkRules({ manifest, system: manifest.system }, "validate").map((finding) => finding.rule);
    equal(new Set(ids).size, 1);
    equal(ids.length, 901);
  });
});
