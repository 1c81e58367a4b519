import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import type { CommandContract, ServiceDefinition } from "./definition.ts";

/** Collects the routes that are registered after it and answers them as OpenAPI 3.1 at `/openapi.json`. */
export async function openApi(app: FastifyInstance, definition: ServiceDefinition, authenticated: boolean) {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: definition.name, description: `Commands of ${definition.aggregate}.`, version: "1" },
      components: {
        schemas: sharedTypes(definition),
        ...(authenticated
          ? { securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } }
          : {}),
      },
      ...(authenticated ? { security: [{ bearer: [] }] } : {}),
    },
  });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}

/**
 * The `$defs` of all commands. In a document `#` is the document, so what a contract says about itself must move to
 * where the document keeps such things. A name means one type throughout a service.
 */
function sharedTypes(definition: ServiceDefinition): Record<string, object> {
  const schemas = Object.values(definition.commands).map(({ schema }): { $defs?: object } => schema);
  return Object.fromEntries(schemas.flatMap(({ $defs = {} }) => Object.entries(withMovedReferences($defs))));
}

function withoutDefinitions(schema: object): object {
  return Object.fromEntries(
    Object.entries(withMovedReferences(schema)).filter(([name]) => name !== "$defs" && name !== "$schema"),
  );
}

function withMovedReferences<T extends object>(schema: T): T {
  return JSON.parse(JSON.stringify(schema), (name, value) =>
    name === "$ref" && typeof value === "string" ? value.replace(/^#\/\$defs\//, "#/components/schemas/") : value,
  );
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
    body: withoutDefinitions(contract.schema),
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
