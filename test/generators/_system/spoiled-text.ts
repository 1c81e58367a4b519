import fc from "fast-check";

/** One way to spoil a text: at a place in it, given as a share of its length. */
interface Mutation {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const nasty = [
  "\t",
  "\n",
  "\r\n",
  ":",
  ": ",
  " #",
  "-",
  "- ",
  "{",
  "}",
  "[",
  "]",
  ",",
  "'",
  '"',
  "&a ",
  "*a",
  "<<: ",
  "|\n",
  ">\n",
  "!!binary ",
  "!x ",
  "? ",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "null",
  "~",
  "true",
  "1e999",
  ".nan",
  "0x1F",
  "-0",
  "9007199254740993",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "\u2028",
  "\ufeff",
  "é",
  "🎉",
  "\ud800",
  "  ",
  "$(x)",
  "<%= x %>",
  "\\",
  "@",
  "`",
];

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.nat(60) },
  ),
  put: fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 3 }), fc.constant("")),
});

/** A few cuts and insertions that spoil a text, or leave it right by luck. */
export const spoiling = fc.array(mutation, { minLength: 1, maxLength: 4 });

export function spoiled(text: string, mutations: readonly Mutation[]): string {
  let result = text;
  for (const { at, cut, put } of mutations) {
    const place = Math.floor(at * result.length);
    result = result.slice(0, place) + put + result.slice(place + cut);
  }
  return result;
}
