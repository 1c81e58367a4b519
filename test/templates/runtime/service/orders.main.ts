import { runService } from "../../../../templates/runtime/src/index.ts";
import { ordersDefinition, ordersImplementation } from "./orders.fixture.ts";

// A service process, as a generated one is; started by run.test.ts.
await runService(ordersDefinition, ordersImplementation, new URL(process.env.MIGRATIONS ?? ""));
