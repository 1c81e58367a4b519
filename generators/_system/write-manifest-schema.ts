import { writeFileSync } from "node:fs";
import { describedJsonSchema } from "./schema.ts";

writeFileSync(new URL("manifest.schema.json", import.meta.url), `${JSON.stringify(describedJsonSchema(), null, 2)}\n`);
