import { writeRunning } from "../../../../templates/runtime/src/embedded/running-file.ts";

/** Has `eda dev` running these services of `shop`, each with the address of its admin interface. */
export function runningShop(
  root: string,
  adminToken: string,
  services: readonly (readonly [name: string, adminUrl: string])[],
): void {
  writeRunning(root, {
    name: "shop",
    supervisor: process.pid,
    state: "ready",
    postgres: { pid: 1, port: 1, url: "" },
    brokerUrl: "",
    adminToken,
    services: services.map(([name, adminUrl]) => ({ name, pid: 1, url: "", adminUrl, databaseUrl: "" })),
  });
}
