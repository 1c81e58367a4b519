import { runService } from "../../../../templates/runtime/src/index.ts";
import { ordersDefinition, ordersImplementation } from "./orders.fixture.ts";

// A service process, as a generated one is; started by run.test.ts. Not .ts, so that mocha does not take it for a test.
await runService(ordersDefinition, ordersImplementation, new URL(process.env.MIGRATIONS ?? ""));
