import { runService } from "eda-runtime";
import { definition } from "./generated/definition.ts";
import { implementation } from "./generated/wiring.ts";

await runService(definition, implementation, new URL("../migrations/", import.meta.url));
