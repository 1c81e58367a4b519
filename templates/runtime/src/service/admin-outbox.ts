import type { FastifyInstance } from "fastify";
import { type Affected, adminRoutes, type OutboxStatus } from "./admin-api.ts";
import { Problem } from "./problem.ts";

/** What operators do with a service's outbox. */
export interface OutboxVerbs {
  status(): Promise<OutboxStatus>;
  /** False: it is not parked. */
  unpark(aggregateType: string, aggregateId: string): Promise<boolean>;
}

export function outboxRoutes(app: FastifyInstance, outbox: OutboxVerbs): void {
  app.get(adminRoutes.showOutbox.path, () => outbox.status());
  app.post<{ Params: { aggregateType: string; aggregateId: string } }>(
    adminRoutes.unparkAggregate.path,
    async ({ params: { aggregateType, aggregateId } }): Promise<Affected> => {
      if (!(await outbox.unpark(aggregateType, aggregateId)))
        throw new Problem(404, `${aggregateType} ${aggregateId} is not parked`);
      return { count: 1 };
    },
  );
}
