import type { FastifyInstance, FastifyRequest } from "fastify";
import { aggregateIdIn, ID_RULE } from "../aggregate/aggregate-id.ts";
import type { Contracts, Violation } from "../aggregate/contracts.ts";
import type { Cause } from "../aggregate/execute.ts";
import type { Loaded } from "../aggregate/persistence.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { AnsweredRequest } from "../journal/request-journal.ts";
import type { TraceparentOf } from "../telemetry/http-spans.ts";
import type { ClientOf } from "./auth.ts";
import type { NamedCommand, NamedEvent, Outcome, ServiceDefinition } from "./definition.ts";
import { type Answer, answerOnce, fingerprint, idempotencyKey } from "./idempotency.ts";
import { aggregateSchema, commandSchema } from "./openapi.ts";
import { Problem } from "./problem.ts";
import { findUnstorable, storableText } from "./storable.ts";

export interface RouteContext {
  readonly definition: ServiceDefinition;
  readonly contracts: Contracts;
  readonly database: Database;
  readonly clientOf: ClientOf;
  readonly traceparentOf: TraceparentOf;
  execute(tx: Transaction, command: NamedCommand, cause: Cause): Promise<Outcome<NamedEvent>>;
  read(id: string): Promise<Loaded<unknown> | undefined>;
  /** Called for each request for a command once it has been answered. */
  answered(request: AnsweredRequest): void;
  /** Called after a commit that has put events into the outbox. */
  committed(): void;
}

/** `POST /commands/<name>` for each command that has `http: true`. */
export function commandRoutes(app: FastifyInstance, context: RouteContext): void {
  const { definition } = context;
  for (const [name, contract] of Object.entries(definition.commands)) {
    if (!contract.http) continue;
    app.route({
      method: "POST",
      url: `/commands/${kebabCase(name)}`,
      schema: commandSchema(definition, name, contract),
      validatorCompiler: ({ httpPart }) => (httpPart === "body" ? (body) => checked(context, name, body) : accepted),
      async handler(request, reply) {
        // The validator has refused everything but an object.
        const answer = await answerCommand(context, request, name, request.body as object);
        if (answer.replayed) reply.header("idempotent-replayed", "true");
        return reply.code(answer.status).type("application/json").send(answer.body);
      },
      async onResponse({ id }, reply) {
        const { statusCode: status, elapsedTime } = reply;
        // Who is not let in leaves no trace in the database.
        if (status === 401 || status === 403) return;
        const replayed = reply.hasHeader("idempotent-replayed");
        const at = new Date(Date.now() - elapsedTime);
        context.answered({ correlationId: id, at, command: name, status, milliseconds: elapsedTime, replayed });
      },
    });
  }
}

/** `GET /aggregates/:id`: its committed state, at once, without a lock. */
export function aggregateRoute(app: FastifyInstance, { definition, read }: RouteContext): void {
  app.get<{ Params: { id: string } }>(
    "/aggregates/:id",
    { schema: aggregateSchema(definition), validatorCompiler: () => accepted },
    async (request) => {
      const { id } = request.params;
      const loaded = storableText(id) ? await read(id) : undefined;
      if (loaded === undefined) throw new Problem(404, `there is no ${definition.aggregate} of that id`);
      // As text: a version may be greater than a JavaScript number can say.
      return { id, version: String(loaded.version), state: loaded.state };
    },
  );
}

async function answerCommand(
  { definition, database, clientOf, traceparentOf, execute, committed }: RouteContext,
  request: FastifyRequest,
  type: string,
  data: object,
): Promise<Answer & { readonly replayed: boolean }> {
  const key = idempotencyKey(request.headers["idempotency-key"]);
  const cause: Cause = { correlationid: request.id, traceparent: traceparentOf(request) };
  const answer = await database.transaction(async (tx) => {
    const work = async () => answerOf(definition, type, await execute(tx, { type, data }, cause));
    if (key === undefined) return { ...(await work()), replayed: false };
    return answerOnce(tx, { client: clientOf(request), key, fingerprint: fingerprint(type, data) }, work);
  });
  if (!answer.replayed) committed();
  return answer;
}

function answerOf(definition: ServiceDefinition, command: string, { events, token }: Outcome<NamedEvent>): Answer {
  const outcome = events[0]?.type ?? null;
  const failures = definition.commands[command]?.emits.slice(1) ?? [];
  return {
    status: outcome !== null && failures.includes(outcome) ? 409 : 200,
    body: JSON.stringify({ outcome, events: events.map(({ type, data }) => ({ type, data })), token }),
  };
}

function checked(context: RouteContext, command: string, body: unknown): { error: Problem } | { value: unknown } {
  const violation = findViolation(context, command, body);
  if (violation === undefined) return { value: body };
  const at = violation.pointer === "#" ? "the body" : violation.pointer;
  return { error: new Problem(400, `${at} ${violation.detail}`, { extension: { errors: [violation] } }) };
}

function findViolation({ definition, contracts }: RouteContext, command: string, body: unknown): Violation | undefined {
  const violation = findUnstorable(body) ?? contracts.command(command, body);
  if (violation !== undefined || typeof body !== "object" || body === null) return violation;
  return aggregateIdIn(definition, body) === undefined
    ? { pointer: `#/${definition.key}`, detail: ID_RULE }
    : undefined;
}

function accepted(value: unknown): { value: unknown } {
  return { value };
}

/** `PlaceOrder`: `place-order`. `RefundVATNow`: `refund-vat-now`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}
