import { createRequire } from "node:module";
import { extname } from "node:path";

const load = createRequire(import.meta.url);

/** What a sound definition does without: Joi takes as long to load as all the rest. */
export const onDemand = {
  joi: (): typeof import("./schema.ts") => load(`./schema${extname(import.meta.url)}`),
};
