import { EdaError } from "../_system/errors.ts";
import type { System } from "../_system/system.ts";

/**
 * Refuses what the manifest's format knows and this version cannot make yet: a repository that quietly did something
 * else than its manifest says would be worse than none.
 */
export function refuseNotYet({ services }: System): void {
  for (const { name, persistence, outbox } of services) {
    if (persistence === "event-sourced") {
      throw new EdaError(`services.${name} is event-sourced, and this version keeps the state of an aggregate only`, {
        hint: "Write persistence: state in eda.yaml",
      });
    }
    if (outbox?.relay === "cdc") {
      throw new EdaError(`outboxes.${name} has a cdc relay, and this version has the polling relay only`, {
        hint: "Write relay: polling in eda.yaml",
      });
    }
  }
}
