import { UnreadableManifestError } from "./errors.ts";
import { formatVersion } from "./format-version.ts";
import { onDemand } from "./on-demand.ts";
import { Positions } from "./positions.ts";
import { readPlain } from "./read-plain.ts";
import { type MapNode, resolved } from "./tree.ts";

/** A larger manifest is refused: one of 500 services and 5,000 events has about one mebibyte. */
const largestManifest = 4 * 1024 * 1024;

/** Control characters but for tab and line breaks, and the sign of bytes that were no UTF-8. */
const notText = /[^\P{Cc}\t\n\r]|\ufffd/u;

/** Reads a manifest's text into a tree whose root is a map; throws an UnreadableManifestError with a place. */
export function readManifestText(text: string, file: string): MapNode {
  const refused = (message: string, hint: string, at = 0): UnreadableManifestError =>
    new UnreadableManifestError(message, { hint, place: new Positions(file, text).place(Math.min(at, text.length)) });
  if (text.length > largestManifest) {
    throw refused(`${file} is larger than 4 MiB`, "Split the system into several repositories");
  }
  const odd = text.search(notText);
  if (odd >= 0) throw refused(`${file} holds a character that text does not have`, "Save it as plain UTF-8 text", odd);
  const plain = readPlain(text);
  const reading = plain === undefined ? onDemand.readYaml().readYaml(text) : { root: plain };
  if ("wrong" in reading) {
    const marker = text.search(/^(<{7} |={7}\r?$|>{7} )/m);
    if (marker >= 0) {
      const hint =
        "Keep both sides where they differ, take the lines with <<<<<<<, ======= and >>>>>>> out, then eda sync";
      throw refused(`${file} holds the conflict of a merge`, hint, marker);
    }
  }
  if ("wrong" in reading) throw refused(`${file} is not readable YAML: ${reading.wrong}`, reading.hint, reading.at);
  const root = resolved(reading.root);
  if (root.kind === "scalar" && root.value === null) {
    throw refused(`${file} is empty`, "Make a repository with `eda new`, or write eda: 1 and name: your-system");
  }
  if (root.kind !== "map") {
    throw refused(`${file} is not a map of keys`, "Write keys such as eda: 1 and name: your-system", root.start);
  }
  const format = root.entries.get("eda");
  const version = format && resolved(format.value);
  if (version?.kind === "scalar" && typeof version.value === "number" && version.value > formatVersion) {
    const message = `${file} is written in format ${version.value}; this version of eda reads format ${formatVersion}`;
    throw refused(message, "Use the repository's own eda, or update generator-eda", version.start);
  }
  return root;
}
