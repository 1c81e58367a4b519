import { commandsIn } from "../_saga/commands-in.ts";
import { printFieldType } from "../_system/field-types.ts";
import { nearest } from "../_system/suggest.ts";
import { contractsOf } from "./contracts.ts";
import { isOfAnotherService } from "./s16-compensation-elsewhere.ts";
import { sagaExample } from "./saga-example.ts";
import { sagaRule } from "./saga-rule.ts";

const contract = "fields: { paymentId: uuid, amount: money }";

export const fieldsOfCommand = sagaRule({
  id: "EDA-S10",
  severity: "error",
  title: "a required field of the command is not given, or an unknown one is",
  explanation:
    "A participant checks each command against its contract before it does anything. A field that is missing, or one " +
    "that the contract does not have, is refused there each time: the step can only time out, and everything before " +
    "it is taken back, for every order.",
  examples: [
    { fails: sagaExample(", amount: $.trigger.total", ""), repair: sagaExample(), points: [contract] },
    {
      fails: sagaExample("amount: $.trigger.total", "amonut: $.trigger.total"),
      repair: sagaExample(),
      points: [contract],
    },
  ],
  alone: false,
  *judge({ document: { draft }, home }) {
    const contracts = contractsOf(home!.system);
    for (const { role, command, step } of commandsIn(draft)) {
      const asked = contracts.command(command.command);
      if (asked === undefined || command.input === undefined) continue;
      if (role === "compensation" && isOfAnotherService(command, step, contracts)) continue;
      const { fields } = asked.command;
      const { text } = command.command!;
      const given = new Set(command.input.map(({ field }) => field));
      for (const { field, at } of command.input) {
        if (fields.some(({ name }) => name === field)) continue;
        const left = fields.map(({ name }) => name).filter((name) => !given.has(name));
        const near = nearest(field, left);
        const known =
          fields.length === 0 ? "It has no fields" : `Its fields are ${fields.map(({ name }) => name).join(", ")}`;
        yield {
          at,
          part: "key",
          message: `${command.label} gives ${field}, which ${text} does not have`,
          hint: near === undefined ? known : `Did you mean ${near}?`,
        };
      }
      for (const { name, type } of fields) {
        if (type.kind === "optional" || given.has(name)) continue;
        yield {
          at: [...command.at, "input"],
          part: "key",
          message: `${command.label} does not give ${name}, which ${text} must have`,
          hint: `Write ${name}: a path to a ${printFieldType(type)}, or a literal, in its input`,
        };
      }
    }
  },
});
