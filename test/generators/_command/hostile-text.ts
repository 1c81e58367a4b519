import assert from "node:assert/strict";
import fc from "fast-check";
import type { EdaError } from "../../../generators/_system/errors.ts";

/** Texts that must not name anything, each for a reason of its own. */
export const hostileTexts: readonly string[] = [
  "",
  " ",
  "a b",
  "a\tb",
  "a\nb",
  "a\u0000b",
  "../x",
  "..",
  "a/b",
  "a\\b",
  "/etc/passwd",
  "C:\\x",
  "it's",
  'say "hi"',
  "$(touch hacked)",
  "`touch hacked`",
  "a; touch hacked",
  "x && touch hacked",
  "<%= process.exit(3) %>",
  "<%- x %>",
  "x;DROP TABLE public.outbox",
  "x'; DROP TABLE public.outbox; --",
  "x: [y]",
  "{ x: 1 }",
  "!!js/function",
  "&anchor",
  "*alias",
  "# comment",
  "$" + "{process.env.HOME}",
  "😀",
  "Bücher",
  "заказы",
  "注文",
  "a\u200bb",
  "a\u202eb",
  "\u001b[31mred",
  "\u009b31mred",
  "9lives",
  "-x",
  "x-",
  "x--y",
  "_x",
  "__proto__",
  "a".repeat(200),
  "Ab".repeat(20),
];

/** Names that are words of SQL, Java, TypeScript, npm or an object's own: they must give code that compiles. */
export const reservedNames: readonly string[] = [
  "order",
  "user",
  "class",
  "default",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "select",
  "table",
  "new",
  "import",
  "event",
  "command",
  "state",
  "decider",
  "implementation",
  "definition",
  "samples",
  "record",
  "date",
  "object",
  "function",
  "package",
  "node",
  "test",
  "eda-runtime",
];

/** Any text, of the kinds that people and attackers type. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."aZ09-_./\\ $`'\"<%=>;:{}[]&*!#|\n\u0000"), maxLength: 50 }),
  fc.constantFrom(...hostileTexts, ...reservedNames),
);

export function assertOneLine({ message, hint = "" }: EdaError): void {
  for (const text of [message, hint]) assert.ok(!/[\n\r]|\p{Cc}/u.test(text), JSON.stringify(text));
}
