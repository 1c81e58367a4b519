import { loadTemplates } from "../_render/templates.ts";
import { defaults } from "../_system/build.ts";
import { type ManifestDocument, parseManifest } from "../_system/document.ts";
import { EdaError } from "../_system/errors.ts";
import type { Manifest, ServiceEntry } from "../_system/manifest.ts";
import { freePort, portsOf } from "../_system/ports.ts";
import type { System } from "../_system/system.ts";

/**
 * Puts the small checkout into a system without events: orders, inventory and payments, whose domain code comes with
 * the manifest's key `example`; their outboxes come with the saga. A service that is there under one of these names is
 * filled in. Throws an `EdaError` where that would take something away.
 */
export function addCheckout(manifest: ManifestDocument): void {
  const { contexts, services } = parseManifest(loadTemplates().text("examples/checkout/part.yaml")).get([]) as Manifest;
  refuseOwnWork(manifest.system, services ?? {});
  manifest.set(["example"], "checkout");
  for (const [name, entry] of Object.entries(services ?? {})) {
    const before = manifest.get(["services", name]) as Partial<ServiceEntry> | undefined;
    const { context = name, ...rest } = entry;
    if (before?.context === undefined) manifest.set(["contexts", context], contexts?.[context] ?? {});
    const { services: known, readModels } = manifest.system;
    manifest.set(["services", name], {
      context: before?.context ?? context,
      aggregate: rest.aggregate,
      key: rest.key,
      port: before?.port ?? freePort(defaults.servicePort, portsOf([...known, ...readModels])),
      persistence: before?.persistence ?? defaults.persistence,
      ...rest,
    });
  }
}

/** Commands of the checkout's services are the checkout's, or there are none yet. */
function refuseOwnWork({ example, services }: System, parts: NonNullable<Manifest["services"]>): void {
  const hint = "Say what the saga does, with --trigger and --steps, after giving the services their events";
  if (example !== undefined && example !== "checkout") {
    throw new EdaError(
      `The code of the example ${example} is in this system, so the checkout cannot be put beside it`,
      {
        hint,
      },
    );
  }
  for (const { name, commands } of services) {
    const own = commands.find((command) => parts[name] && parts[name].commands?.[command.name] === undefined);
    if (own !== undefined) {
      throw new EdaError(`${name} has a command of its own, ${own.name}, so the small checkout does not fit into it`, {
        hint,
      });
    }
  }
}
