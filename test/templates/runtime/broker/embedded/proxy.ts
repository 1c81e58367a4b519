import { connect, createServer, type Server, type Socket } from "node:net";

export interface Proxy {
  readonly port: number;
  /** Ends all connections and takes no new ones. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Lets nothing through any more on the connections that there are, and ends none: as when a machine has vanished. */
  freeze(): void;
  close(): Promise<void>;
}

/** A line to a server that can be cut without touching the server. */
export async function startProxy(toPort: number, toHost: string): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | undefined;

  function relay(from: Socket): void {
    const to = connect(toPort, toHost);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  async function restore(): Promise<void> {
    const next = createServer(relay);
    await new Promise<void>((resolve, reject) => next.once("error", reject).listen(port, "127.0.0.1", resolve));
    port = (next.address() as { port: number }).port;
    server = next;
  }

  async function cut(): Promise<void> {
    const old = server;
    server = undefined;
    if (old === undefined) return;
    const closed = new Promise((resolve) => old.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  function freeze(): void {
    for (const socket of sockets) socket.unpipe().pause();
  }

  await restore();
  return { port, cut, restore, freeze, close: cut };
}
