import { createServer } from "node:net";

/** Whether a server on 127.0.0.1 can listen at the port now; another process may take it a moment later. */
export function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/** A port that nobody listens at on 127.0.0.1, out of the system's own range. */
export function anyFreePort(): Promise<number> {
  return listen(0);
}

/** `wanted` if it is free and not in `taken`, else another one. */
export async function freePort(wanted: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  if (wanted > 0 && !taken.has(wanted) && (await isFree(wanted))) return wanted;
  for (;;) {
    const port = await anyFreePort();
    if (!taken.has(port)) return port;
  }
}

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
