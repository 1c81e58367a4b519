import { createRequire } from "node:module";
import { extname } from "node:path";

const load = createRequire(import.meta.url);
const extension = extname(import.meta.url);

/**
 * Modules that most runs do without, loaded where one is first needed: with Joi and `yaml` behind them they take as long
 * to load as all the others together.
 */
export const onDemand = {
  joi: (): typeof import("./schema.ts") => load(`./schema${extension}`),
  described: (): typeof import("./described.ts") => load(`./described${extension}`),
  readYaml: (): typeof import("./read-yaml.ts") => load(`./read-yaml${extension}`),
};
