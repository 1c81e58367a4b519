import { createService } from "../../../../templates/runtime/src/service/host.ts";
import { ordersDefinition, ordersImplementation } from "./orders.fixture.ts";
import { serviceBehaviour } from "./service-behaviour.ts";

describe("a service that keeps its aggregates as state", () => {
  serviceBehaviour((config, options) => createService(ordersDefinition, ordersImplementation, config, options));
});
