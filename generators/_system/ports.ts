/** How far above its public port a service's or read model's admin endpoint listens. */
const adminPortOffset = 10_000;

/** The port of the admin endpoint that belongs to a public port. */
export function adminPortOf(port: number): number {
  return port + adminPortOffset;
}

/** Every port that these listen on: their public ones, and those of their admin endpoints. */
export function portsOf(listeners: Iterable<{ readonly port?: number | undefined }>): Set<number> {
  const ports = new Set<number>();
  for (const { port } of listeners) if (port !== undefined) ports.add(port).add(adminPortOf(port));
  return ports;
}

/** The first port from a number upward that is not taken, nor that of its admin endpoint. */
export function freePort(from: number, taken: ReadonlySet<number>): number {
  let port = from;
  while (taken.has(port) || taken.has(adminPortOf(port))) port++;
  return port;
}
