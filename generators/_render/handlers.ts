import { camel, kebab } from "../_system/names.ts";
import type { EventRef, Service, System } from "../_system/system.ts";
import { eventCode, otherwise, successOf } from "./event-data.ts";
import type { RenderedFile } from "./file.ts";
import { layOut, parentheses } from "./layout.ts";
import { type HandledCommand, handledBy } from "./saga-roles.ts";
import { subscriptionsOf } from "./subscriptions.ts";
import type { Templates } from "./templates.ts";

/** A file of `src/handlers`, and what it handles. */
export interface HandlerFile {
  /** Without its folder and `.ts`. */
  readonly file: string;
  /** Under which it is imported, and exported: `reaction as ordersOrderPlaced`. */
  readonly name: string;
  readonly exports: "reaction" | "handler";
  /** Its key: `orders.OrderPlaced` of an event, `ReserveStock` of a command. */
  readonly key: string;
  readonly command?: HandledCommand;
}

/** The handlers of a service: one a subscription, then one a command that sagas send. */
export function handlersOf(system: System, service: Service): readonly HandlerFile[] {
  const files = new Set<string>();
  const reactions = subscriptionsOf(system, service).map(({ ref, type }): HandlerFile => {
    const file = reactionFile(ref);
    files.add(file);
    return { file, name: camel(file), exports: "reaction", key: type };
  });
  const commands = handledBy(system, service).map((handled): HandlerFile => {
    const key = handled.command.name;
    const file = commandFile(key, files);
    return { file, name: nameOf(file), exports: "handler", key, command: handled };
  });
  return [...reactions, ...commands];
}

/** `inventory-stock-reserved`: always two names at least, so never a reserved word. */
function reactionFile(ref: EventRef): string {
  return `${kebab(ref.service)}-${kebab(ref.event)}`;
}

/** `reserve-stock`; `orders-order-placed-command` where that is a reaction's file. */
function commandFile(command: string, taken: Set<string>): string {
  let file = kebab(command);
  while (taken.has(file)) file = `${file}-command`;
  taken.add(file);
  return file;
}

/** A name of one word may be a reserved one, or `decider`; no other handler's ends in an underscore. */
function nameOf(file: string): string {
  return file.includes("-") ? camel(file) : `${camel(file)}_`;
}

/** Stubs of a service's handlers: they follow the manifest and the sagas until somebody edits them. */
export function handlerFiles(system: System, service: Service, templates: Templates): readonly RenderedFile[] {
  return handlersOf(system, service).map(({ file, key, command }) => ({
    kind: "stub",
    path: `services/${service.name}/src/handlers/${file}.ts`,
    content:
      command === undefined
        ? reactionStub(service, key, templates)
        : command.command.external
          ? externalStub(service, command, templates)
          : commandStub(service, command, templates),
  }));
}

function reactionStub(service: Service, type: string, templates: Templates): string {
  const parameters = parentheses(["message", "{ log }"]);
  const signature = layOut([`export const reaction: ReactionTo<"${type}"> = async `, parameters, " => {"]);
  return templates.fill("service/src/handlers/reaction.ts.ejs", { service: service.name, type, signature });
}

function commandStub(service: Service, { command }: HandledCommand, templates: Templates): string {
  const handler = layOut([
    `export const handler: HandlerOf<${text(command.name)}> = `,
    parentheses(["command", "{ execute }"]),
    " => execute(command);",
  ]);
  return templates.fill("service/src/handlers/command.ts.ejs", { service: service.name, asked: command.name, handler });
}

function externalStub(service: Service, { command }: HandledCommand, templates: Templates): string {
  const event = successOf(service, command);
  const isUndoing = command.undoes !== undefined;
  const taken = isUndoing ? "{ idempotencyKey, forwardKey, log }" : "{ idempotencyKey, log }";
  const known = isUndoing ? "{ idempotencyKey, forwardKey }" : "{ idempotencyKey }";
  return templates.fill("service/src/handlers/external-command.ts.ejs", {
    service: service.name,
    asked: command.name,
    type: text(command.name),
    key: isUndoing
      ? ` *\n * \`forwardKey\` is ${command.undoes}'s: see to it that the provider refuses that one from now on, also where it has not come\n * yet. Answer undefined when there was nothing to undo.`
      : " *\n * `signal` is aborted when `limitMs` (30 seconds unless said here) have passed.",
    call: [
      `  async call(command, ${taken}) {`,
      ...otherwise(command).map((line) => `    ${line}`),
      `    log.info(${known}, "no provider is called yet");`,
      `    ${layOut(["return ", event ? eventCode(service, command, event) : "undefined", ";"], 4)}`,
      "  },",
    ].join("\n"),
  });
}

function text(value: string): string {
  return JSON.stringify(value);
}
