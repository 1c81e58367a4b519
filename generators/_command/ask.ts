/** A way to ask a person at a terminal. Yeoman has one, the `eda` bin another. */
export interface Asker {
  /** The text that was typed or chosen. `check` says what is wrong with it, or nothing. */
  ask(question: Asked): Promise<string>;
  confirm(message: string, otherwise: boolean): Promise<boolean>;
}

export interface Asked {
  /** The option's key: the question's name, where questions have names. */
  readonly key: string;
  readonly message: string;
  readonly default: string;
  readonly choices?: readonly { readonly value: string; readonly name: string }[];
  check(text: string): string | undefined;
}

/** Whether somebody sits there: a question on a pipe would never be answered, or never be seen. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Prompts of the `eda` bin; loaded at the first question only. */
export const terminal: Asker = {
  async ask({ message, default: otherwise, choices, check }) {
    const { input, select } = await import("@inquirer/prompts");
    if (choices)
      return select({ message, default: otherwise, choices: choices.map((each) => ({ ...each, short: each.value })) });
    return input({ message, default: otherwise, validate: (text) => check(text) ?? true });
  },
  async confirm(message, otherwise) {
    const { confirm } = await import("@inquirer/prompts");
    return confirm({ message, default: otherwise });
  },
};
