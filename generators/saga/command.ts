import type { Command, Groundwork, Invocation } from "../_command/command.ts";
import { kebabName, oneOf } from "../_command/parse.ts";
import type { SagaEntry, System } from "../_system/system.ts";
import { eventsOf } from "./catalogue.ts";
import { addCheckout } from "./checkout.ts";
import { deriveFlow } from "./derive-flow.ts";
import { extendSaga } from "./extend-saga.ts";
import { stepInterview, triggerInterview } from "./interview.ts";
import { knownSaga } from "./known-saga.ts";
import { outlineOf, type SagaAnswers } from "./outline.ts";
import { printSaga } from "./print-saga.ts";
import { commandsNamed, resolveSaga } from "./resolve.ts";
import { readSagaText, type SagaValue } from "./saga-text.ts";
import { commandAnswer, durationOf, jsonText, messageRef, printSteps, stepAnswers } from "./step-answers.ts";
import { versionIn, withFreeVersion } from "./version.ts";

export const command: Command<SagaAnswers> = {
  name: "saga",
  summary: "Adds a saga: a flow over several services that ends done, or undone",
  argument: "name",
  phase: "cqrs-sagas",
  options: [
    {
      key: "name",
      flag: "<name>",
      describe: "name of the saga",
      parse: kebabName("a saga"),
      required: true,
      question: { message: "What is the saga called?", default: () => "" },
    },
    {
      key: "style",
      flag: "--style <how>",
      describe: "orchestration: one service leads; choreography: each starts at the event before",
      parse: oneOf("style", ["orchestration", "choreography"]),
      decides: "cqrs-sagas",
      question: {
        message: "Who leads?",
        choices: [
          { value: "orchestration", name: "orchestration: its host sends commands, waits, and undoes in order" },
          { value: "choreography", name: "choreography: each service reacts to the event before; short flows only" },
        ],
        default: ({ name }, system) => knownSaga(name, system)?.style ?? "orchestration",
        stands,
      },
    },
    {
      key: "trigger",
      flag: "--trigger <service.Event>",
      describe: "event that starts it",
      parse: (text) => (text.trim() === "" ? undefined : messageRef(text.trim(), "event")),
      decides: "cqrs-sagas",
      question: {
        message: "Which event starts it, such as orders.OrderPlaced?",
        when: hasEvents,
        default: ({ name }, system) =>
          knownSaga(name, system)?.trigger ?? (system && deriveFlow(system)?.trigger) ?? "",
        interview: triggerInterview,
        stands,
      },
    },
    {
      key: "service",
      flag: "--service <name>",
      describe: "service that hosts it: the trigger's, unless told",
      parse: (text) => (text === "" ? undefined : kebabName("a service")(text)),
      decides: "cqrs-sagas",
      question: {
        message: "Which service hosts it?",
        when: hasEvents,
        default: ({ name, trigger }, system) => knownSaga(name, system)?.service ?? trigger?.split(".")[0] ?? "",
        stands,
      },
    },
    {
      key: "steps",
      flag: "--steps <service.Command[:kind],…>",
      describe: "its steps in order; kind is compensatable, pivot or retriable",
      parse: stepAnswers,
      fromFile: listText,
      decides: "cqrs-sagas",
      question: {
        message: "Which commands are its steps, such as inventory.ReserveStock, payments.CapturePayment:pivot?",
        when: hasEvents,
        default: ({ name, trigger }, system) => {
          const known = knownSaga(name, system);
          if (known) return printSteps(known.groups);
          return printSteps((system && trigger !== undefined && deriveFlow(system, trigger)?.steps) || []);
        },
        interview: stepInterview,
        stands,
      },
    },
    ending("completed", "command that ends it well", "Which command tells that all is done (empty: none)?"),
    ending("compensated", "command that ends it undone", "Which command tells that it was undone (empty: none)?"),
    {
      key: "deadline",
      flag: "--deadline <time>",
      describe: "time that the whole saga may take: 15m",
      parse: durationOf,
    },
  ],

  needs(answers, system): readonly (Invocation | Groundwork)[] {
    if (knownSaga(answers.name, system)) return [];
    const { service, trigger, steps } = answers;
    const isMissing = service !== undefined && !system.services.some(({ name }) => name === service);
    const host: Invocation[] = isMissing
      ? [{ command: "service", said: { name: service }, because: `There is no service ${service} yet, so it is made.` }]
      : [];
    if (hasEvents({}, system) || trigger !== undefined || steps !== undefined) return host;
    return [
      ...host,
      {
        because: `${system.name} has no events yet, so it starts from a small checkout: orders, inventory and payments.`,
        edit: ({ manifest }) => addCheckout(manifest),
        otherwise: `Add services first, with \`eda add service orders --commands PlaceOrder --events OrderPlaced\`, or say --defaults to take the checkout`,
      },
    ];
  },

  says(answers, system) {
    if (answers.steps?.length || !answers.trigger || !hasEvents({}, system)) return [];
    return (deriveFlow(system, answers.trigger)?.leftOut ?? []).map((line) => `Left out: ${line}.`);
  },

  edit({ manifest, answers, sagas }) {
    const { name } = answers;
    const before = sagas.get(name);
    const own = manifest.get(["sagas", name]) as Partial<SagaEntry> | undefined;
    const file = own?.definition ?? `sagas/${name}.saga.yaml`;
    if (before === undefined) {
      const draft = resolveSaga(outlineOf(answers, manifest.system), manifest.system);
      manifest.set(["sagas", name], { definition: file, service: draft.service });
      sagas.set(name, printSaga(draft));
    } else if (own === undefined) {
      // A definition that was written by hand is taken as it is.
      manifest.set(["sagas", name], { definition: file, service: hostOf(readSagaText(before, file).value, answers) });
    } else {
      const { service = own.service } = answers;
      if (own.service !== service) manifest.set(["sagas", name, "service"], service);
      const text = extendSaga(before, file, answers, manifest.system);
      const isChanged = text !== before || own.service !== service;
      sagas.set(name, isChanged ? withFreeVersion(text, file, (version) => sagas.isPublished(name, version)) : text);
    }
  },

  tells({ answers: { name }, sagas }) {
    const [before, now] = [versionIn(sagas.onDisk(name), name), versionIn(sagas.get(name), name)];
    if (before === undefined || before === now) return [];
    return [
      `Version ${before} of the saga ${name} is published, so this is version ${now}: sagas under way end as they began.`,
    ];
  },

  brings({ manifest, answers }): readonly Invocation[] {
    const saga = knownSaga(answers.name, manifest.system);
    if (!saga) return [];
    const named = [saga.trigger, ...commandsNamed(saga)].map((ref) => ref.slice(0, ref.indexOf(".")));
    const involved = new Set([saga.service, ...named]);
    return manifest.system.services
      .filter(({ name, outbox }) => involved.has(name) && !outbox)
      .map(({ name }) => ({
        command: "outbox-migration",
        said: { service: name },
        because: `${name} takes part in the saga ${answers.name}, so it gets an outbox with a polling relay.`,
      }));
  },

  next: ({ name }) => [
    "npm install         # notes services that are new in package-lock.json",
    `npx eda validate    # after an edit of sagas/${name}.saga.yaml; then npx eda sync`,
    "npm run dev",
  ],
};

function ending(
  key: "completed" | "compensated",
  describe: string,
  message: string,
): Command<SagaAnswers>["options"][number] {
  return {
    key,
    flag: `--${key} <service.Command>`,
    describe,
    parse: (text) => (["", "none"].includes(text.trim()) ? undefined : commandAnswer(text)),
    fromFile: mapText,
    decides: "cqrs-sagas",
    question: {
      message,
      optional: true,
      when: (answers, system) => hasEvents(answers, system) && answers.style === "orchestration",
      default: ({ name, trigger }, system) => {
        const known = knownSaga(name, system);
        if (known) return known[key]?.command ?? "";
        return (system && trigger !== undefined && deriveFlow(system, trigger)?.[key]?.command) || "";
      },
      stands,
    },
  };
}

function hostOf({ service, trigger }: SagaValue, answers: SagaAnswers): string {
  if (typeof service === "string") return service;
  // The default of an answer is the host of the trigger that was answered, and here the file has a trigger.
  const isDefault = answers.service === undefined || answers.service === answers.trigger?.split(".")[0];
  return isDefault && typeof trigger === "string" ? trigger.slice(0, trigger.indexOf(".")) : (answers.service ?? "");
}

function hasEvents(_answers: Partial<SagaAnswers>, system: System | undefined): boolean {
  return system !== undefined && eventsOf(system).length > 0;
}

function stands({ name }: Partial<SagaAnswers>, system: System | undefined): boolean {
  return knownSaga(name, system) !== undefined;
}

function listText(value: unknown): string | undefined {
  return Array.isArray(value) ? jsonText(value) : undefined;
}

function mapText(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? jsonText(value) : undefined;
}
