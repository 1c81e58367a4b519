import { readFileSync, statSync } from "node:fs";
import { EdaError, UnreadableManifestError } from "../_system/errors.ts";
import { type ReadingWords, readMapText, tooLarge } from "../_system/read.ts";
import { didYouMean } from "../_system/suggest.ts";
import type { System } from "../_system/system.ts";
import { plainValue } from "../_system/tree.ts";
import { shown } from "../_system/wording.ts";
import type { Asker } from "./ask.ts";
import type { Command, Invocation, Option, Question } from "./command.ts";
import { typed } from "./registry.ts";

/** What happens to a question that nobody has answered yet. */
export type Unanswered =
  | { readonly by: "asking"; readonly asker: Asker }
  | { readonly by: "default" }
  | { readonly by: "refusing" };

export interface Collected<A> {
  readonly answers: A;
  /** Keys that a default answered without anybody seeing it. */
  readonly assumed: ReadonlySet<string>;
}

/**
 * Turns what was said into answers: flags and the answers file first, then questions or defaults for the rest.
 * Refusing names every missing answer at once.
 */
export async function collectAnswers<A extends object>(
  command: Command<A>,
  { said }: Invocation,
  unanswered: Unanswered,
  system: System | undefined,
): Promise<Collected<A>> {
  const answers: Record<string, unknown> = {};
  const assumed = new Set<string>();
  const missing: string[] = [];
  for (const option of command.options) {
    const text = said[option.key];
    if (text !== undefined) {
      answers[option.key] = option.parse(text);
      continue;
    }
    const { question } = option;
    if (!question || question.when?.(answers as Partial<A>, system) === false) continue;
    const otherwise = question.default(answers as Partial<A>, system);
    if (unanswered.by === "asking" && question.interview) {
      answers[option.key] = option.parse(await question.interview(unanswered.asker, answers as Partial<A>, system));
    } else if (unanswered.by === "asking" && question.choices?.length !== 1) {
      answers[option.key] = option.parse(await ask(unanswered.asker, option, question, otherwise));
    } else if (unanswered.by !== "refusing") {
      // Taken without asking, and marked as assumed: also at a terminal where there is but one choice.
      if (option.required && otherwise === "") throw withoutDefault(command, option);
      answers[option.key] = option.parse(otherwise);
      if (question.stands?.(answers as Partial<A>, system) !== true) assumed.add(option.key);
    } else if (!question.optional) {
      missing.push(option.flag.split(" ")[0] ?? option.key);
    }
  }
  if (missing.length > 0) {
    throw new EdaError(
      `${typed(command.name)} needs an answer for ${missing.join(", ")}, and there is no terminal to ask at`,
      { hint: "Give the flags, or --answers FILE, or --defaults to take every default" },
    );
  }
  return { answers: answers as A, assumed };
}

function withoutDefault<A extends object>({ name }: Command<A>, { flag }: Option<A>): EdaError {
  return new EdaError(`${typed(name)} needs ${flag}, for which there is no default`, {
    hint: `Type it behind the command: ${typed(name)} ${flag}`,
  });
}

function ask<A extends object>(asker: Asker, option: Option<A>, question: Question<A>, otherwise: string) {
  return asker.ask({
    key: option.key,
    message: question.message,
    default: otherwise,
    ...(question.choices && { choices: question.choices }),
    check(text) {
      try {
        option.parse(text);
        return undefined;
      } catch (error) {
        if (error instanceof EdaError) return error.message;
        throw error;
      }
    },
  });
}

/** Longer than any answers. */
const largestAnswers = 1024 * 1024;

const words: ReadingWords = {
  largest: largestAnswers,
  tooLarge: "It holds one answer a line, key: answer",
  empty: "Write one answer a line: key: answer",
  noMap: "Write one answer a line: key: answer",
};

/**
 * Answers from YAML: a map from an option's key to its answer; lists become comma-separated text. Keys are those of
 * the flags without their hyphens (`commands`, `persistence`), and the argument's.
 */
export function readAnswersFile(path: string, command: Command<never>): Readonly<Record<string, string>> {
  const answers = answersIn(path);
  const options = new Map(command.options.map((option) => [option.key as string, option]));
  const keys = [...options.keys()];
  return Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => {
      if (!keys.includes(key)) {
        throw new EdaError(`The answers file ${path} has an unknown key ${shown(key)}`, {
          hint: didYouMean(key, keys, `Known are ${keys.join(", ")}`),
        });
      }
      return [key, options.get(key)?.fromFile?.(answer) ?? textOf(answer, key, path)];
    }),
  );
}

function answersIn(path: string): object {
  try {
    if (statSync(path).size > largestAnswers) throw tooLarge(path, words);
    return plainValue(readMapText(readFileSync(path, "utf8"), path, words)) as object;
  } catch (error) {
    if (error instanceof UnreadableManifestError) {
      const { message, hint, place } = error;
      throw new EdaError(message, { ...(hint && { hint }), ...(place && { place }), cause: error });
    }
    throw new EdaError(`The answers file ${path || '""'} cannot be read: ${whyUnreadable(error)}`, {
      hint: "It is a YAML map of answers",
    });
  }
}

/** `there is no such file`. */
function whyUnreadable(error: unknown): string {
  const { code, message = "unknown" } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES" || code === "EPERM") return "you may not read it";
  return message.split("\n")[0] ?? "";
}

function textOf(answer: unknown, key: string, path: string): string {
  if (Array.isArray(answer)) return answer.map((item) => textOf(item, key, path)).join(",");
  if (typeof answer === "string" || typeof answer === "number" || typeof answer === "boolean") return String(answer);
  throw new EdaError(`The answers file ${path} has something other than text or a list under ${JSON.stringify(key)}`, {
    hint: `Write ${key}: answer, or ${key}: [one, two]`,
  });
}
