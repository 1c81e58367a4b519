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

/** What a text of maps is told with when it cannot be read. */
export interface ReadingWords {
  /** The most characters that it may have. */
  readonly largest: number;
  readonly tooLarge: string;
  readonly empty: string;
  readonly noMap: string;
  /** Told of each key that is there twice, with its offset; without it such a text is not readable. */
  readonly onDuplicate?: (key: string, at: number) => void;
}

/** Reads a text into a tree whose root is a map; throws an UnreadableManifestError with a place. */
export function readMapText(text: string, file: string, words: ReadingWords): MapNode {
  const refused = refusalIn(text, file);
  if (text.length > words.largest) throw tooLarge(file, words);
  const odd = text.search(notText);
  if (odd >= 0) throw refused(`${file} holds a character that text does not have`, "Save it as plain UTF-8 text", odd);
  const plain = readPlain(text);
  const reading = plain === undefined ? onDemand.readYaml().readYaml(text, words.onDuplicate) : { root: plain };
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
  if (root.kind === "scalar" && root.value === null) throw refused(`${file} is empty`, words.empty);
  if (root.kind !== "map") throw refused(`${file} is not a map of keys`, words.noMap, root.start);
  return root;
}

/** A file that is larger than any person writes. */
export function tooLarge(file: string, words: Pick<ReadingWords, "largest" | "tooLarge">): UnreadableManifestError {
  const mebibytes = words.largest / 1024 / 1024;
  const place = { file, line: 1, column: 1 };
  return new UnreadableManifestError(`${file} is larger than ${mebibytes} MiB`, { hint: words.tooLarge, place });
}

function refusalIn(text: string, file: string) {
  return (message: string, hint: string, at = 0): UnreadableManifestError =>
    new UnreadableManifestError(message, { hint, place: new Positions(file, text).place(Math.min(at, text.length)) });
}

const manifestWords: ReadingWords = {
  largest: largestManifest,
  tooLarge: "Split the system into several repositories",
  empty: "Make a repository with `eda new`, or write eda: 1 and name: your-system",
  noMap: "Write keys such as eda: 1 and name: your-system",
};

/** Reads a manifest's text into a tree whose root is a map; throws an UnreadableManifestError with a place. */
export function readManifestText(text: string, file: string): MapNode {
  const root = readMapText(text, file, manifestWords);
  const format = root.entries.get("eda");
  const version = format && resolved(format.value);
  if (version?.kind === "scalar" && typeof version.value === "number" && version.value > formatVersion) {
    const message = `${file} is written in format ${version.value}; this version of eda reads format ${formatVersion}`;
    throw refusalIn(text, file)(message, "Use the repository's own eda, or update generator-eda", version.start);
  }
  return root;
}
