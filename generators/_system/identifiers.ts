import { EdaError } from "./errors.ts";
import { camel } from "./names.ts";

/**
 * Names as identifiers of a target language. A reserved word gets an underscore behind it; so does what generated
 * code would otherwise hide (`Promise`, `Object`, `toString` of a Java record).
 */

const typescriptReserved = new Set(
  (
    "abstract any arguments as async await bigint boolean break case catch class const continue debugger declare " +
    "default delete do else enum eval export extends false finally for from function get if implements import in " +
    "infer instanceof interface is keyof let module namespace never new null number object of package private " +
    "protected public readonly require return satisfies set static string super switch symbol this throw true try " +
    "type typeof undefined unique unknown using var void while with yield NaN Infinity globalThis exports " +
    "Array ArrayBuffer Boolean Date Error Function JSON Map Math Number Object Promise Proxy Readonly Record Reflect " +
    "RegExp Set String Symbol"
  ).split(" "),
);

/** JLS 25 §3.9, its literals, java.lang's types that a generated file would hide, and what a record may not declare. */
const javaReserved = new Set(
  (
    "abstract assert boolean break byte case catch char class const continue default do double else enum exports " +
    "extends false final finally float for goto if implements import instanceof int interface long module native new " +
    "non null open opens package permits private protected provides public record requires return sealed short " +
    "static strictfp super switch synchronized this throw throws to transient transitive true try uses var void " +
    "volatile when while with yield _ " +
    "Boolean Byte Character Class Comparable Double Enum Error Exception Float Integer Iterable Long Math Number " +
    "Object Override Record Runnable Short String System Thread Throwable Void " +
    "clone finalize getClass hashCode notify notifyAll toString wait"
  ).split(" "),
);

/** A variable, function or type of TypeScript; hyphens become capitals. */
export function typescriptIdentifier(name: string): string {
  return avoiding(typescriptReserved, name);
}

/** A field, method or type of Java; hyphens become capitals. */
export function javaIdentifier(name: string): string {
  return avoiding(javaReserved, name);
}

function avoiding(reserved: ReadonlySet<string>, name: string): string {
  const identifier = name.includes("-") ? camel(name) : name;
  return reserved.has(identifier) ? `${identifier}_` : identifier;
}

/**
 * Any text as a quoted identifier of SQL, for which no word is reserved. PostgreSQL would silently cut what is longer
 * than 63 bytes, and two names might then be one: refused.
 */
export function sqlIdentifier(name: string): string {
  if (name === "" || name.includes("\0")) throw new EdaError("An SQL name cannot be empty or hold a zero byte");
  if (Buffer.byteLength(name) > 63) throw new EdaError(`${name} is too long for PostgreSQL: 63 bytes at most`);
  return `"${name.replaceAll('"', '""')}"`;
}
