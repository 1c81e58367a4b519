import type { FastifyInstance } from "fastify";
import {
  type HandledPage,
  type HandledRequest,
  journalLimit,
  journalPaths,
  type ServiceJournal,
} from "./admin-journal-api.ts";
import { storableText } from "./storable.ts";

/** What a service knows of a correlation id, for `eda trace`. */
export interface JournalVerbs {
  /** @param id a correlation id or a saga's id */
  show(id: string): Promise<ServiceJournal>;
  handled(ids: readonly string[]): Promise<HandledPage>;
}

const idParams = { type: "object", properties: { id: { type: "string", minLength: 1, maxLength: 500 } } };
const uuid = { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" };
const handledBody = {
  type: "object",
  properties: { ids: { type: "array", items: uuid, maxItems: journalLimit } },
  required: ["ids"],
  additionalProperties: false,
};

export function journalRoutes(app: FastifyInstance, journal: JournalVerbs): void {
  app.get<{ Params: { id: string } }>(
    journalPaths.showJournal.path,
    { schema: { params: idParams } },
    // An id that PostgreSQL cannot hold is none that anything has.
    ({ params: { id } }) => journal.show(storableText(id) ? id : ""),
  );
  app.post<{ Body: HandledRequest }>(journalPaths.showHandled.path, { schema: { body: handledBody } }, ({ body }) =>
    journal.handled(body.ids),
  );
}
