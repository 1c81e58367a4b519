import pg from "pg";
import { connectionTarget, describeFailure } from "./connection.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface ListenOptions {
  readonly url: string;
  readonly applicationName?: string;
  readonly channel: string;
  onNotification(payload: string): void;
  /** After each (re)connection: what was notified before it has been missed. */
  onConnected(): void;
  /** Once for each connection that is lost or cannot be made. */
  onLost(error: unknown): void;
}

export interface Listener {
  readonly connected: boolean;
  close(): Promise<void>;
}

/** Keeps one connection that listens to a channel, and makes another one whenever it is lost. */
export function listen(options: ListenOptions): Listener {
  const target = connectionTarget(options.url);
  let client: pg.Client | undefined;
  let connected = false;
  let closed = false;
  let pause = FIRST_PAUSE_MS;
  let timer: NodeJS.Timeout | undefined;

  function connect(): void {
    const attempt = new pg.Client({
      connectionString: options.url,
      keepAlive: true,
      ...(options.applicationName === undefined ? {} : { application_name: options.applicationName }),
    });
    client = attempt;
    let over = false;
    const lost = (error: unknown) => {
      if (over) return;
      over = true;
      connected = false;
      void attempt.end().catch(() => {});
      if (closed) return;
      options.onLost(describeFailure(error, target));
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
    attempt.on("error", lost);
    attempt.on("end", () => lost(new Error("Connection terminated")));
    attempt.on("notification", ({ payload }) => options.onNotification(payload ?? ""));
    attempt
      .connect()
      .then(() => attempt.query(`LISTEN ${attempt.escapeIdentifier(options.channel)}`))
      .then(() => {
        if (over || closed) return;
        connected = true;
        pause = FIRST_PAUSE_MS;
        options.onConnected();
      })
      .catch(lost);
  }

  connect();
  return {
    get connected() {
      return connected;
    },
    async close() {
      closed = true;
      connected = false;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
