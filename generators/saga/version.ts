import { readSagaText, withValue } from "./saga-text.ts";

/**
 * A definition that has been changed, under the first version from its own on that is not published: what is published
 * changes under a new version only (EDA-S15). Throws an `EdaError` where the text cannot be edited.
 */
export function withFreeVersion(text: string, file: string, isPublished: (version: number) => boolean): string {
  const before = readSagaText(text, file);
  const { version } = before.value;
  if (typeof version !== "number" || !isPublished(version)) return text;
  let free = version + 1;
  while (isPublished(free)) free++;
  return withValue(before, { ...before.value, version: free }).text;
}

/** The version that a definition says; undefined where there is none. */
export function versionIn(text: string | undefined, file: string): unknown {
  return text === undefined ? undefined : readSagaText(text, file).value.version;
}
