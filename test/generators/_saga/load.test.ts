import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { stringify } from "yaml";
import { checkSagaAlone } from "../../../generators/_rules/registry.ts";
import { loadSaga } from "../../../generators/_saga/load.ts";
import { sagaJsonSchema, sagaSchemaText } from "../../../generators/_saga/saga-schema.ts";
import { describedSagaSchema, sagaSchema } from "../../../generators/_saga/schema.ts";
import { isOfFormat } from "../../../generators/_saga/shape-problems.ts";
import { EdaError, UnreadableManifestError } from "../../../generators/_system/errors.ts";
import { readPlain } from "../../../generators/_system/read-plain.ts";
import { readYaml } from "../../../generators/_system/read-yaml.ts";
import { laidOut, randomLook } from "../../support/random-manifest.ts";
import { findingsOf } from "../_rules/checking.ts";
import { spoiled, spoiling } from "../_system/spoiled-text.ts";
import { randomSystem } from "./random-system.ts";

const file = "sagas/payment.saga.yaml";
const payment = readFileSync(new URL(`valid/${file}`, import.meta.url), "utf8");
const texts = ["payment", "parcel", "loyalty"].map((name) =>
  readFileSync(new URL(`valid/sagas/${name}.saga.yaml`, import.meta.url), "utf8"),
);
const spoiledText = fc.tuple(fc.constantFrom(...texts), spoiling).map(([text, mutations]) => spoiled(text, mutations));

// Taken out once, each seen red here: keys that are there twice, and the look for paths that cannot be read.
describe("a saga's definition", () => {
  // `|` stands before the character that the place is to be of.
  const wrong: readonly (readonly [what: string, from: string, to: string, says: string])[] = [
    [
      "a misspelt key",
      "    compensation:\n",
      "    |compensaton:\n",
      "EDA-S01 compensaton is no key of steps[0]: Did you mean compensation?",
    ],
    [
      "a misspelt key in braces",
      "retry: { attempts: 5",
      "retry: { |attemps: 5",
      "EDA-S01 attemps is no key of retry: Did you mean attempts?",
    ],
    ["an unknown key", "trigger:", "|colour: red\ntrigger:", "EDA-S01 colour is no key of the definition"],
    [
      "a key that is there twice",
      "timeout: 30s\n",
      "timeout: 30s\n|timeout: 30s\n",
      "EDA-S01 The key timeout is there twice",
    ],
    [
      "a step id that is there twice",
      "id: screen-fraud",
      "id: |reserve-stock",
      'EDA-S01 The step id "reserve-stock" is there twice',
    ],
    [
      "a missing key",
      "    command: fraud.ScreenPayment\n",
      "",
      "EDA-S01 steps[1] has no command: Write command: service.Command",
    ],
    ["a wrong kind", "kind: pivot", "kind: |pivott", 'EDA-S01 steps[2].kind is "pivott"'],
    [
      "a duration without a unit",
      "timeout: 10s",
      "timeout: |10",
      "EDA-S11 steps[1].timeout is 10: expected a duration",
    ],
    ["no attempts", "attempts: 5", "attempts: |0", "EDA-S11 retry.attempts is 0"],
    [
      "a longest wait below the first",
      "initial: 500ms, multiplier: 2, max: 30s",
      "initial: 5m, multiplier: 2, max: |30s",
      "EDA-S11 retry.max is 30s, below the first wait of 5m",
    ],
    ["no deadline", "deadline: 15m\n", "", "EDA-S04 The definition has no deadline: Write deadline: 15m"],
    [
      "no reason",
      "    reason: changes nothing\n",
      "",
      "EDA-S02 Step screen-fraud has compensation: none and no reason for it",
    ],
  ];
  for (const [what, from, to, says] of wrong) {
    it(`tells of ${what}, to the character`, () => {
      assert.ok(payment.includes(from), from);
      const marked = payment.replace(from, to);
      const text = marked.replace("|", "");
      const document = loadSaga(text, file);
      const told = document.problems.map((problem) => {
        const place = "file" in problem.at ? problem.at : document.place(problem.at, problem.part);
        return { place, says: `${problem.rule} ${problem.message}: ${problem.hint}` };
      });
      assert.equal(told.length, 1, JSON.stringify(told));
      assert.ok(told[0]!.says.startsWith(says), told[0]!.says);
      const before = marked.slice(0, marked.indexOf("|")).split("\n");
      if (to.includes("|")) {
        assert.deepEqual(told[0]!.place, { file, line: before.length, column: before.at(-1)!.length + 1 });
      }
    });
  }

  it("that is sound has a source and a definition that runs", () => {
    const { problems, source, definition } = loadSaga(payment, file);
    assert.deepEqual(problems, []);
    assert.equal(source?.saga, "payment");
    assert.equal(definition?.("orders").groups[2]?.[0]?.timeoutMs, 30_000);
  });

  it("lets a misspelt key count as the one that was meant, for places too", () => {
    const document = loadSaga(payment.replace("    compensation:\n", "    compensaton:\n"), file);
    assert.equal(document.draft.groups[0]?.[0]?.compensation?.command?.text, "inventory.ReleaseStock");
    assert.deepEqual(document.place(["steps", 0, "compensation", "command"]), { file, line: 17, column: 16 });
    assert.equal(document.definition, undefined);
  });

  it("has no definition while a path in it cannot be read", () => {
    const document = loadSaga(payment.replace("$.trigger.lines", "$.triger.lines"), file);
    assert.deepEqual(document.problems, []);
    assert.equal(document.definition, undefined);
  });

  it("cannot be read where it is no map, too large, or spoiled by tabs, anchors or a merge", () => {
    for (const text of [
      "",
      "- a",
      "hello",
      "steps:\n\t- id: a\n",
      "a: &a [*a]",
      "<<<<<<< a\n",
      `a: ${"x".repeat(2 ** 20)}`,
    ]) {
      assert.throws(
        () => loadSaga(text, file),
        (error) => error instanceof UnreadableManifestError && error.place?.file === file,
        text.slice(0, 20),
      );
    }
  });

  it("answers any spoiled text with a place, problems or a definition", () => {
    const seen = { unreadable: 0, problems: 0, sound: 0 };
    fc.assert(
      fc.property(spoiledText, (text) => void seen[outcomeOf(text)]++),
      { numRuns: 3000 },
    );
    assert.ok(Math.min(...Object.values(seen)) > 50, JSON.stringify(seen));
  }).timeout(120_000);

  it("is read plainly as the general reader reads it", () => {
    let plain = 0;
    const same = (text: string): void => {
      const tree = readPlain(text);
      if (tree === undefined) return;
      plain++;
      assert.deepEqual(readYaml(text), { root: tree });
    };
    for (const text of texts) same(text);
    assert.equal(plain, texts.length);
    fc.assert(fc.property(spoiledText, same), { numRuns: 1000 });
    assert.ok(plain > 200, String(plain));
  }).timeout(120_000);
});

function outcomeOf(text: string): "unreadable" | "problems" | "sound" {
  let document: ReturnType<typeof loadSaga>;
  try {
    document = loadSaga(text, file);
  } catch (error) {
    if (!(error instanceof EdaError) || error.place === undefined || !error.hint) throw error;
    return "unreadable";
  }
  const findings = checkSagaAlone(document);
  for (const { line, column, message, hint } of findings) {
    assert.ok(line >= 1 && column >= 1 && message !== "" && hint !== "");
    assert.ok(!/[\n\r]|undefined|\[object|NaN/.test(message + hint), message + hint);
  }
  document.definition?.("orders");
  return findings.length > 0 ? "problems" : "sound";
}

describe("any sound saga", () => {
  it("is found clean, compiles, and is accepted by the schema for editors, however it is laid out", () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(sagaJsonSchema);
    fc.assert(
      fc.property(randomSystem, randomLook, ({ manifest, saga }, look) => {
        const text = laidOut(saga as Record<string, unknown>, look);
        const example = { manifest: stringify(manifest), files: { "sagas/flow.saga.yaml": text } };
        assert.deepEqual(findingsOf(example), []);
        assert.deepEqual(findingsOf({ files: example.files }), []);
        assert.ok(loadSaga(text, file).definition?.("host"));
        assert.ok(ajv(saga), JSON.stringify(ajv.errors));
      }),
      { numRuns: 150 },
    );
  }).timeout(120_000);
});

describe("the schema of sagas", () => {
  it("lies ready made as Joi describes it; else: node generators/_saga/write-saga-schema.ts", () => {
    assert.equal(sagaSchemaText(), `${JSON.stringify(describedSagaSchema(), null, 2)}\n`);
  });

  it("agrees with a JSON Schema validator, and with the acceptor, on definitions right and wrong", () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(sagaJsonSchema);
    const odd = fc.constantFrom<unknown>(
      null,
      "",
      "a",
      "none",
      "7d",
      "orders.Placed",
      0,
      1,
      -1,
      1.5,
      true,
      [],
      {},
      ["a"],
      [null],
      { parallel: [] },
      { id: "a" },
    );
    const seen = { right: 0, wrong: 0 };
    fc.assert(
      fc.property(randomSystem, fc.nat(), fc.option(odd, { nil: undefined }), ({ saga }, at, part) => {
        const value = part === undefined ? saga : withPart(saga, at, part);
        const isRight = sagaSchema.validate(value, { convert: false }).error === undefined;
        assert.equal(ajv(value), isRight, JSON.stringify(value));
        assert.equal(isOfFormat(value), isRight, JSON.stringify(value));
        seen[isRight ? "right" : "wrong"]++;
      }),
      { numRuns: 400 },
    );
    assert.ok(Math.min(...Object.values(seen)) > 50, JSON.stringify(seen));
  }).timeout(60_000);
});

/** A value with one of its nodes, the n-th in order, replaced. */
function withPart(value: object, at: number, part: unknown): unknown {
  const nodes: [holder: Record<string, unknown>, key: string][] = [];
  const copy = structuredClone(value) as Record<string, unknown>;
  const visit = (holder: Record<string, unknown>): void => {
    for (const [key, each] of Object.entries(holder)) {
      nodes.push([holder, key]);
      if (typeof each === "object" && each !== null) visit(each as Record<string, unknown>);
    }
  };
  visit(copy);
  const [holder, key] = nodes[at % nodes.length]!;
  holder[key] = part;
  return copy;
}
