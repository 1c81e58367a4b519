import type { FastifyInstance } from "fastify";
import { ConfigError } from "./config.ts";
import type { Openings } from "./shutdown.ts";

/**
 * @param key the setting that holds the port, for the message
 * @returns the address, `http://127.0.0.1:4001`
 * @throws ConfigError when the address cannot be had
 */
export async function listen(
  app: FastifyInstance,
  name: string,
  host: string,
  port: number,
  key: string,
  openings: Openings,
): Promise<string> {
  openings.add(name, () => app.close());
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => `${name} listens at ${address}` });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new ConfigError(`${key} ${port} is taken on ${host}: stop what listens there, or set another.`);
    if (code === "EADDRNOTAVAIL" || code === "EACCES")
      throw new ConfigError(`cannot listen on ${host}:${port} (${code}): set another ${key}.`);
    throw error;
  }
}
