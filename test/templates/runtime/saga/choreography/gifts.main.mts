import { runService } from "../../../../../templates/runtime/src/index.ts";
import { giftsDefinition, giftsImplementation } from "./services.fixture.ts";

// Started by kill.test.ts. Not .ts, so that mocha does not take it for a test.
await runService(giftsDefinition, giftsImplementation, new URL(process.env.MIGRATIONS ?? ""));
