import { readRunning } from "../embedded/running-file.ts";
import { Refused } from "./errors.ts";

/** A service's admin interface and how to be let in. */
export interface AdminTarget {
  readonly service: string;
  readonly url: string;
  readonly token: string;
}

export interface Surroundings {
  /** The repository's root: where `.data/running.json` may be. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The one service that is meant: the one of `EDA_ADMIN_URL`, else among those that `npm run dev` has started here the
 * one of that name, or the only one.
 *
 * @throws Refused when none or more than one fits
 */
export function chooseService(surroundings: Surroundings, name: string | undefined): AdminTarget {
  const fitting = fittingServices(surroundings, name);
  const [found] = fitting;
  if (found !== undefined && fitting.length === 1) return found;
  const names = fitting.map(({ service }) => service);
  throw new Refused(`several services run here; say which with --service: ${names.join(", ")}`);
}

/**
 * Every service that may be meant, at least one: as `chooseService`, but all that run here where none is named.
 *
 * @throws Refused when none fits
 */
export function fittingServices({ root, env }: Surroundings, name: string | undefined): readonly AdminTarget[] {
  if (env.EDA_ADMIN_URL) {
    if (!env.ADMIN_TOKEN) throw new Refused("EDA_ADMIN_URL is set and ADMIN_TOKEN is not: set the service's token too");
    if (!/^https?:$/.test(URL.parse(env.EDA_ADMIN_URL)?.protocol ?? "")) {
      throw new Refused(`EDA_ADMIN_URL is "${env.EDA_ADMIN_URL}": an http or https address is expected`);
    }
    return [{ service: name ?? "the service", url: env.EDA_ADMIN_URL, token: env.ADMIN_TOKEN }];
  }
  const running = readRunning(root);
  if (!running) {
    throw new Refused(
      "nothing runs here: start it with `npm run dev`, or set EDA_ADMIN_URL and ADMIN_TOKEN to a service's",
    );
  }
  const fitting = running.services.filter((service) => name === undefined || service.name === name);
  if (fitting.length === 0) {
    const names = running.services.map((service) => service.name).join(", ");
    throw new Refused(name ? `no service ${name} runs here; there are: ${names}` : "no service runs here");
  }
  return fitting.map((service) => ({ service: service.name, url: service.adminUrl, token: running.adminToken }));
}
