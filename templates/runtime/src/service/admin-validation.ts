import { Ajv2020 } from "ajv/dist/2020.js";
import type { FastifyInstance } from "fastify";
import { pageLimit } from "./admin-api.ts";
import { Problem } from "./problem.ts";
import { findUnstorable } from "./storable.ts";

/** A text that an operator gives or filters by. */
export const text = { type: "string", minLength: 1, maxLength: 500 };
export const count = { type: "integer", minimum: 0 };
/** `limit` in a query. */
export const limit = { type: "string", pattern: "^[0-9]{1,3}$" };

/** Answers 400 to what a route's schema refuses, or the database would; nothing is made to fit. */
export function refuseInvalid(app: FastifyInstance): void {
  const ajv = new Ajv2020({ strictTypes: false });
  app.setValidatorCompiler(({ schema }) => {
    const validate = ajv.compile(schema as object);
    return (data) => {
      if (!validate(data)) {
        const error = validate.errors?.[0];
        return { error: new Problem(400, `#${error?.instancePath ?? ""} ${error?.message ?? "is not valid"}`) };
      }
      const unstorable = findUnstorable(data);
      if (unstorable === undefined) return { value: data };
      return { error: new Problem(400, `${unstorable.pointer} ${unstorable.detail}`) };
    };
  });
}

/** 1 to 500 rows a page, 100 where nothing is asked. */
export function pageSize(asked: string | undefined): number {
  return Math.min(Math.max(Number(asked ?? 100), 1), pageLimit);
}
