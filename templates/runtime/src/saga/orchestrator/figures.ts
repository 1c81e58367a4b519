import type { Database } from "../../database/database.ts";
import { sagaQuery } from "./queries.ts";

const FIGURES = sagaQuery("figures");

export interface SagaFigures {
  readonly saga: string;
  /** Neither ended nor stuck. */
  readonly inFlight: number;
  readonly stuck: number;
}

/** Of every saga that has any. */
export async function sagaFigures(database: Pick<Database, "query">): Promise<readonly SagaFigures[]> {
  return (await database.query<SagaFigures & Record<string, unknown>>(FIGURES)).rows;
}
