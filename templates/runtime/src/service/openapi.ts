import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import type { CommandContract, ServiceDefinition } from "./definition.ts";

/** Collects the routes that are registered after it and answers them as OpenAPI 3.1 at `/openapi.json`. */
export async function openApi(app: FastifyInstance, definition: ServiceDefinition, authenticated: boolean) {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: definition.name, description: `Commands of ${definition.aggregate}.`, version: "1" },
      ...(authenticated
        ? {
            components: { securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
            security: [{ bearer: [] }],
          }
        : {}),
    },
  });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}

/** What the document says about a command's route; the body is its contract. */
export function commandSchema(definition: ServiceDefinition, name: string, contract: CommandContract) {
  return {
    operationId: name,
    summary: `${name}: leads to ${contract.emits.join(" or ") || "no event"}.`,
    headers: {
      type: "object",
      properties: {
        "idempotency-key": { type: "string", maxLength: 255, description: "The same key is answered, not done again." },
        "x-correlation-id": { type: "string", description: "Carried into every message that follows." },
      },
    },
    body: contract.schema,
    response: {
      200: outcomeSchema(definition, contract.emits.slice(0, 1), "Done. No outcome: nothing had to change."),
      ...(contract.emits.length > 1
        ? { 409: outcomeSchema(definition, contract.emits.slice(1), "A business failure; nothing else happened.") }
        : {}),
      400: problemSchema("The request breaks the contract: `errors` says where."),
      422: problemSchema("The Idempotency-Key was used for another request."),
      503: problemSchema("Try again later."),
    },
  };
}

export function aggregateSchema(definition: ServiceDefinition) {
  return {
    operationId: `get${definition.aggregate}`,
    summary: `State of one ${definition.aggregate}.`,
    params: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    response: {
      200: {
        description: "Its state, and how many events have happened to it.",
        type: "object",
        properties: { id: { type: "string" }, version: { type: "string" }, state: {} },
        required: ["id", "version", "state"],
      },
      404: problemSchema("Nothing has happened to it."),
    },
  };
}

function outcomeSchema(definition: ServiceDefinition, outcomes: readonly string[], description: string) {
  return {
    description,
    type: "object",
    properties: {
      outcome: { enum: [...outcomes, null], description: "Name of the first event." },
      events: {
        type: "array",
        items: { type: "object", properties: { type: { type: "string" }, data: { type: "object" } } },
      },
      token: { type: "string", examples: [`${definition.name}/${definition.aggregate}/<id>@1`] },
    },
    required: ["outcome", "events", "token"],
  };
}

function problemSchema(description: string) {
  return {
    description,
    content: {
      "application/problem+json": {
        schema: {
          type: "object",
          properties: {
            type: { type: "string" },
            title: { type: "string" },
            status: { type: "integer" },
            detail: { type: "string" },
            errors: {
              type: "array",
              items: { type: "object", properties: { pointer: { type: "string" }, detail: { type: "string" } } },
            },
            correlationId: { type: "string" },
          },
        },
      },
    },
  };
}
