import { writeFileSync } from "node:fs";
import { describedSagaSchema } from "./schema.ts";

writeFileSync(new URL("saga.schema.json", import.meta.url), `${JSON.stringify(describedSagaSchema(), null, 2)}\n`);
