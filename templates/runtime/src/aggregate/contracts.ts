import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { ServiceDefinition } from "../service/definition.ts";

/** Where data breaks its contract, and how. */
export interface Violation {
  /** JSON pointer as a URI fragment: `#/lines/0/sku`. */
  readonly pointer: string;
  readonly detail: string;
}

/** The JSON Schemas of a service's commands and events, compiled once. */
export interface Contracts {
  /** @throws Error when the service has no command of that name */
  command(type: string, data: unknown): Violation | undefined;
  /** @throws Error when the service has no event of that name */
  event(type: string, data: unknown): Violation | undefined;
}

/** @throws Error that names the contract whose schema is not a valid JSON Schema 2020-12 */
export function compileContracts(definition: ServiceDefinition): Contracts {
  const commands = compileAll(definition.name, definition.commands);
  const events = compileAll(definition.name, definition.events);
  return {
    command: (type, data) => check(commands, `${definition.name}.${type}`, type, data),
    event: (type, data) => check(events, `${definition.name}.${type}`, type, data),
  };
}

/** @param schemas of events of other services, by their whole names; of any other event nothing is known */
export function compileEvents(
  schemas: Readonly<Record<string, object>>,
): (event: string, data: unknown) => Violation | undefined {
  const contracts = Object.fromEntries(Object.entries(schemas).map(([event, schema]) => [event, { schema }]));
  const events = compileAll("another service", contracts);
  return (event, data) => (events.has(event) ? check(events, event, event, data) : undefined);
}

function compileAll(service: string, contracts: Readonly<Record<string, { readonly schema: object }>>) {
  // Data is judged as it is: nothing is converted, filled in or taken out. Without allErrors a hostile body costs
  // one error, not one for each of its elements. What every object inherits, such as `constructor`, is not data.
  const ajv = new Ajv2020({ ownProperties: true, strictTypes: false, strictTuples: false });
  formats.default(ajv);
  return new Map(
    Object.entries(contracts).map(([type, { schema }]): [string, ValidateFunction] => {
      try {
        return [type, ajv.compile(closed(schema))];
      } catch (cause) {
        throw new Error(`the contract of ${service}.${type} is no valid JSON Schema: ${(cause as Error).message}`, {
          cause,
        });
      }
    }),
  );
}

/** An unknown property is refused, unless the schema says otherwise itself. */
function closed(schema: object): object {
  return "additionalProperties" in schema || "unevaluatedProperties" in schema
    ? schema
    : { ...schema, unevaluatedProperties: false };
}

function check(
  validators: ReadonlyMap<string, ValidateFunction>,
  name: string,
  type: string,
  data: unknown,
): Violation | undefined {
  const validate = validators.get(type);
  if (validate === undefined) throw new Error(`there is no contract of ${name}: add it to eda.yaml`);
  if (validate(data)) return undefined;
  return violation(validate.errors?.[0]);
}

function violation(error: ErrorObject | undefined): Violation {
  if (error === undefined) return { pointer: "#", detail: "is not valid" };
  const unknown: unknown = error.params.additionalProperty ?? error.params.unevaluatedProperty;
  if (typeof unknown === "string")
    return { pointer: `#${error.instancePath}/${escaped(unknown)}`, detail: "is not a known property" };
  const missing: unknown = error.params.missingProperty;
  if (typeof missing === "string")
    return { pointer: `#${error.instancePath}/${escaped(missing)}`, detail: "is required" };
  return { pointer: `#${error.instancePath}`, detail: error.message ?? "is not valid" };
}

/** RFC 6901. */
function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
