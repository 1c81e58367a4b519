import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { sarifOf } from "../../../generators/_cli/sarif.ts";
import { rules } from "../../../generators/_rules/registry.ts";
import type { Finding } from "../../../generators/_rules/rule.ts";
import { findingsOf } from "../_rules/checking.ts";

const text = { type: "object", required: ["text"], properties: { text: { type: "string", minLength: 1 } } };
const level = { enum: ["none", "note", "warning", "error"] };

/**
 * The part of the OASIS schema of SARIF 2.1.0 that the log uses, kept by hand: names, types, what is required, and that
 * nothing else is there.
 */
const sarif = {
  type: "object",
  required: ["version", "runs"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string", pattern: "^https://" },
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["tool"],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          tool: {
            type: "object",
            required: ["driver"],
            additionalProperties: false,
            properties: {
              driver: {
                type: "object",
                required: ["name"],
                additionalProperties: false,
                properties: {
                  name: { type: "string" },
                  version: { type: "string" },
                  rules: {
                    type: "array",
                    uniqueItems: true,
                    items: {
                      type: "object",
                      required: ["id"],
                      additionalProperties: false,
                      properties: {
                        id: { type: "string" },
                        shortDescription: text,
                        fullDescription: text,
                        help: text,
                        defaultConfiguration: {
                          type: "object",
                          additionalProperties: false,
                          properties: { level },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: "array",
            items: {
              type: "object",
              required: ["message"],
              additionalProperties: false,
              properties: {
                ruleId: { type: "string" },
                ruleIndex: { type: "integer", minimum: -1 },
                level,
                message: text,
                locations: {
                  type: "array",
                  items: {
                    type: "object",
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: "object",
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: "object",
                            additionalProperties: false,
                            properties: { uri: { type: "string", pattern: "^[A-Za-z0-9._~!*'()%/-]+$" } },
                          },
                          region: {
                            type: "object",
                            additionalProperties: false,
                            properties: {
                              startLine: { type: "integer", minimum: 1 },
                              startColumn: { type: "integer", minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[];
    },
  ];
}

describe("findings as SARIF", () => {
  const validate = new Ajv2020({ strict: true }).compile(sarif);
  const checked = (findings: readonly Finding[]): Log => {
    const log: Log = JSON.parse(JSON.stringify(sarifOf(findings)));
    assert.equal(validate(log), true, JSON.stringify(validate.errors));
    return log;
  };

  it("have the shape of the published schema, whatever the rule", () => {
    const findings = rules.flatMap((rule) => rule.examples.flatMap(({ fails }) => findingsOf(fails, rule.runs)));
    assert.ok(findings.length > 50);
    const [{ tool, results }] = checked(findings).runs;
    assert.equal(results.length, findings.length);
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  });

  it("are a log without results where there are none", () => {
    assert.deepEqual(checked([]).runs[0].results, []);
  });

  it("name files as addresses, in whatever way they are called", () => {
    const at = { rule: "EDA-S01", severity: "error", message: "m", hint: "h", line: 1, column: 2 } as const;
    checked([{ ...at, file: "../my sagas/größe #1.saga.yaml" }]);
  });
});
