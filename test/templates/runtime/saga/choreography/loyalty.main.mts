import { runService } from "../../../../../templates/runtime/src/index.ts";
import { loyaltyDefinition, loyaltyImplementation } from "./services.fixture.ts";

// Started by kill.test.ts. Not .ts, so that mocha does not take it for a test.
await runService(loyaltyDefinition(), loyaltyImplementation, new URL(process.env.MIGRATIONS ?? ""));
