import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { parse } from "yaml";
import { acceptor } from "../../../generators/_system/acceptor.ts";
import { parseManifest } from "../../../generators/_system/document.ts";
import { manifestJsonSchema, manifestSchemaText } from "../../../generators/_system/manifest-schema.ts";
import { describedJsonSchema, manifestSchema } from "../../../generators/_system/schema.ts";
import { schemaProblems } from "../../../generators/_system/schema-problems.ts";
import { phaseNames } from "../../../generators/_system/system.ts";
import { laidOut, type ManifestValue, randomLook, randomManifest } from "../../support/random-manifest.ts";

const manifest = (rest: string): string => `eda: 1\nname: shop\n${rest}`;

describe("the schema of eda.yaml", () => {
  const wrong = [
    ["services:\n  orders:\n    prot: 4001\n", "5:5", "prot is no key of services.orders", "Did you mean port?"],
    [
      "services:\n  orders:\n",
      "4:3",
      "services.orders is empty: expected a map",
      "Write orders: { context: ordering }",
    ],
    ["stream: { platform: kafak }\n", "3:21", /"kafak": expected kafka or redpanda/, "Did you mean kafka?"],
    [
      "services: { orders: { port: 70000 } }\n",
      "3:29",
      /port is 70000: expected a whole number from 1 to 55535/,
      /4001/,
    ],
    ["services: { orders: { port: '4001' } }\n", "3:29", /port is "4001": expected a whole number/, /4001/],
    [
      "services: { Orders: {} }\n",
      "3:13",
      /Orders in services is no name/,
      /Write orders: names here are in kebab-case/,
    ],
    [
      "services: { a: { commands: { Pay: { external: true, http: true } } } }\n",
      "3:59",
      /Pay\.http: an external command has no HTTP route/,
      "Take http away, or take external away",
    ],
    ["services: { a: { events: { orderPlaced: {} } } }\n", "3:28", /orderPlaced in/, /Write OrderPlaced:/],
    [
      "services: { a: { events: { A: { fields: { x: strng } } } } }\n",
      "3:46",
      /"strng" is no type/,
      "Did you mean string?",
    ],
    ["services: { a: { types: { L: { 'b)': ~ } } } }\n", "3:32", /is no name/, /is quoted: 'enum\(a, b\)'/],
    ["services: { a: { types: { L: { s: 'enum(a, a)' } } } }\n", "3:35", /the value a is there twice/, /./],
    ["services: { a: { types: { L: { m: M }, M: { l: L } } } }\n", "3:35", /without end/, "Write M? or M[]"],
    [
      "services: { a: { subscribes: [Orders.Placed] } }\n",
      "3:31",
      /subscribes\[0\] is "Orders.Placed"/,
      /orders.OrderPlaced/,
    ],
    [
      "sagas:\n  payment: { definition: sagas/payment.saga.yaml }\n",
      "4:3",
      "sagas.payment has no service",
      /service: orders/,
    ],
    ["sagas: { p: { service: a, definition: ../x } }\n", "3:39", /expected a path of a file/, /sagas\//],
    ["sagas: { p: { service: a, definition: /etc/x } }\n", "3:39", /expected a path of a file/, /sagas\//],
    ["readModels: { r: { key: id, from: [] } }\n", "3:35", /an empty list: expected a list of at least one/, /./],
    ["outboxes: { a: { retention: forever } }\n", "3:29", /expected a duration/, /7d/],
    ["phases: { streams: {} }\n", "3:11", "streams is no key of phases", "Did you mean stream?"],
    ["servces: {}\n", "3:1", "servces is no key of the manifest", "Did you mean services?"],
    ["contexts: [a]\n", "3:11", "contexts is a list: expected a map", /./],
  ] as const;
  for (const [rest, place, message, hint] of wrong) {
    it(`says what is wrong in ${rest.trim().replaceAll(/\s+/g, " ")}`, () => {
      const document = parseManifest(manifest(rest));
      const [problem, ...more] = document.schemaProblems;
      assert.deepEqual(more, rest.startsWith("services: { a: { types: { L: { m") ? [more[0]] : []);
      assert.ok(problem);
      const { line, column } = document.place(problem.at, problem.part);
      assert.equal(`${line}:${column}`, place);
      if (typeof message === "string") assert.equal(problem.message, message);
      else assert.match(problem.message, message);
      if (typeof hint === "string") assert.equal(problem.hint, hint);
      else assert.match(problem.hint, hint);
    });
  }

  it("asks for eda and name", () => {
    assert.deepEqual(
      schemaProblems({}).map(({ message }) => message),
      ["The manifest has no eda", "The manifest has no name"],
    );
  });

  it("takes short forms and the user's own x- keys", () => {
    const rest =
      "x-notes: [1, { a: ~ }]\nservices: { a: { events: { Done: { fields: { aId: uuid } } }, commands: { Do: {} } } }\n";
    assert.deepEqual(parseManifest(manifest(rest)).schemaProblems, []);
  });

  it("lies ready made as Joi describes it; else: node generators/_system/write-manifest-schema.ts", () => {
    assert.equal(manifestSchemaText(), `${JSON.stringify(describedJsonSchema(), null, 2)}\n`);
  });

  it("gives editors a description of every key", () => {
    const missing: string[] = [];
    const visit = (schema: ManifestValue, path: string): void => {
      if (!("description" in schema) && path !== "/x-") missing.push(path);
      for (const part of ["properties", "patternProperties"]) {
        for (const [key, value] of Object.entries((schema[part] ?? {}) as ManifestValue)) {
          visit(value as ManifestValue, `${path}/${key.replace(/^\^/, "")}`);
        }
      }
    };
    visit(manifestJsonSchema, "");
    assert.deepEqual(missing, []);
    assert.match(manifestSchemaText(), new RegExp(phaseNames.join("[^]*")));
  });

  it("agrees with a JSON Schema validator, and with the acceptor, on manifests right and wrong", () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(manifestJsonSchema);
    const accepts = acceptor(manifestJsonSchema);
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, "", "a", "A", "7d", "forever", "orders.Placed", 0, 1, -1, 1.5, 1e15, true, [], {}),
      fc.constantFrom<unknown>(
        ["a"],
        [null],
        { a: 1 },
        { A: {} },
        { constructor: {} },
        "x".repeat(41),
        "é",
        "a\nb",
        "kafka",
      ),
    );
    const seen = { right: 0, wrong: 0 };
    fc.assert(
      fc.property(
        randomManifest,
        fc.nat(),
        fc.option(odd, { nil: undefined }),
        fc.boolean(),
        (value, at, part, rename) => {
          const changed = part === undefined ? value : withChange(value, at, part, rename);
          const joi = manifestSchema.validate(changed, { convert: false }).error === undefined;
          assert.equal(ajv(changed), joi, JSON.stringify(changed));
          assert.equal(accepts(changed), joi, JSON.stringify(changed));
          seen[joi ? "right" : "wrong"]++;
        },
      ),
      { numRuns: 800 },
    );
    assert.ok(Math.min(...Object.values(seen)) > 100, JSON.stringify(seen));
  });

  it("finds nothing wrong in a manifest that fits, however it is laid out", () => {
    fc.assert(
      fc.property(randomManifest, randomLook, (value, look) => {
        const text = laidOut(value, look);
        assert.deepEqual(parseManifest(text).schemaProblems, []);
        assert.deepEqual(parseManifest(text).get([]), parse(text));
      }),
      { numRuns: 200 },
    );
  });
});

/** The value with one of its nodes, the n-th in order, replaced or given another key. */
function withChange(value: unknown, at: number, part: unknown, rename: boolean): unknown {
  let count = 0;
  const size = (node: unknown): number =>
    1 +
    (typeof node === "object" && node !== null
      ? Object.values(node).reduce<number>((sum, each) => sum + size(each), 0)
      : 0);
  const target = at % size(value);
  const visit = (node: unknown): unknown => {
    if (count++ === target && !rename) return part;
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node).map(([key, each]): [string, unknown] => {
      const name = rename && count === target ? String(part) : key;
      return [name, visit(each)];
    });
    return Object.fromEntries(entries);
  };
  return visit(value);
}
