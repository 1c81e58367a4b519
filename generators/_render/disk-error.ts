import { EdaError } from "../_system/errors.ts";

const explanations: Readonly<Record<string, string>> = {
  ENOSPC: "there is no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission is denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "something that is not a folder lies on the way to it",
  ENOENT: "a folder on the way to it is not there",
  EISDIR: "a folder lies in its place",
  EEXIST: "something else lies in its place",
  ENAMETOOLONG: "the path is too long",
  ELOOP: "symbolic links on the way to it form a loop",
};

/**
 * Makes of a failed file operation an error for the user; what is no failure of the file system passes through.
 *
 * @param verb what could not be done: `write`, `delete`.
 */
export function diskError(error: unknown, verb: string, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = explanations[code];
  if (reason === undefined) return error;
  return new EdaError(`cannot ${verb} ${path}: ${reason} (${code})`, {
    hint: "clear that up and run this again: what is missing is finished then",
    cause: error,
  });
}
