/**
 * Compiles the kind of JSON Schema that the manifest's description gives into a yes-or-no function. A large manifest
 * is accepted by it in a tenth of the time that Joi takes; where it says no, Joi says why. A keyword that it does not
 * know is an error when it is compiled, so that none is ever passed over.
 */
export function acceptor(schema: unknown): (value: unknown) => boolean {
  const checks = Object.entries(schema as Schema).map(([keyword, given]) => {
    const compile = keywords[keyword];
    if (compile === undefined) throw new Error(`No check for the JSON Schema keyword ${keyword}`);
    return compile(given, schema as Schema);
  });
  const needed = checks.filter((check) => check !== always);
  return (value) => needed.every((check) => check(value));
}

type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const always: Check = () => true;

const keywords: Readonly<Record<string, (given: unknown, schema: Schema) => Check>> = {
  $schema: () => always,
  title: () => always,
  description: () => always,
  // What may stand in a map is one check, made where its type is.
  properties: () => always,
  patternProperties: () => always,
  additionalProperties: () => always,
  type: (given, schema) => (given === "object" ? objectCheck(schema) : typeCheck(given as string)),
  required: (given) => (value) => !isMap(value) || (given as string[]).every((key) => Object.hasOwn(value, key)),
  items: (given) => {
    const item = acceptor(given);
    return (value) => !Array.isArray(value) || value.every(item);
  },
  anyOf: (given) => {
    const ways = (given as unknown[]).map(acceptor);
    return (value) => ways.some((way) => way(value));
  },
  minItems: (given) => (value) => !Array.isArray(value) || value.length >= (given as number),
  enum: (given) => (value) => (given as unknown[]).includes(value),
  pattern: (given) => {
    const pattern = new RegExp(given as string, "u");
    return (value) => typeof value !== "string" || pattern.test(value);
  },
  minLength: (given) => (value) => typeof value !== "string" || value.length >= (given as number),
  maxLength: (given) => (value) => typeof value !== "string" || value.length <= (given as number),
  minimum: (given) => (value) => typeof value !== "number" || value >= (given as number),
  maximum: (given) => (value) => typeof value !== "number" || value <= (given as number),
  exclusiveMinimum: (given) => (value) => typeof value !== "number" || value > (given as number),
};

function typeCheck(type: string): Check {
  switch (type) {
    case "integer":
      return Number.isSafeInteger;
    case "array":
      return Array.isArray;
    case "number":
      return Number.isFinite;
    default:
      return (value) => typeof value === type;
  }
}

function objectCheck(schema: Schema): Check {
  const properties = new Map(
    Object.entries((schema.properties ?? {}) as Schema).map(([key, part]) => [key, acceptor(part)]),
  );
  const patterns = Object.entries((schema.patternProperties ?? {}) as Schema).map(
    ([pattern, part]) => [new RegExp(pattern, "u"), acceptor(part)] as const,
  );
  const open = schema.additionalProperties !== false;
  return (value) => {
    if (!isMap(value)) return false;
    for (const key of Object.keys(value)) {
      const check = properties.get(key) ?? patterns.find(([pattern]) => pattern.test(key))?.[1];
      if (check === undefined ? !open : !check(value[key])) return false;
    }
    return true;
  };
}

function isMap(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
