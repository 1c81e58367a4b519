import { runService } from "../../../../templates/runtime/src/index.ts";
import { inventoryDefinition, inventoryImplementation } from "./inventory.fixture.ts";

// The neighbour of orders.main.mts.
await runService(inventoryDefinition, inventoryImplementation, new URL(process.env.MIGRATIONS ?? ""));
