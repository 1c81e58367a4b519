import type { ServiceDefinition } from "../../service/definition.ts";

/**
 * What is wrong with the handlers of a service's commands, in one plain sentence: a saga would find out by being stuck.
 */
export function faultOfHandlers(
  { name, commands }: ServiceDefinition,
  handlers: Readonly<Record<string, unknown>> = {},
): string | undefined {
  for (const command of Object.keys(handlers))
    if (!Object.hasOwn(commands, command))
      return `service ${name} has a handler of ${command}, which is no command of it: add it to commands in eda.yaml.`;
  for (const [command, { external }] of Object.entries(commands)) {
    const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined;
    if (external === true && handler === undefined)
      return `service ${name} has no handler of ${command}, which is external: only a handler with a call can do it.`;
    if (external === true && typeof handler !== "object")
      return `service ${name} handles ${command} by a function, and it is external: give it { call } instead.`;
    if (external !== true && typeof handler === "object")
      return `service ${name} handles ${command} by a call, and it is not external: write external: true in eda.yaml.`;
  }
  return undefined;
}
