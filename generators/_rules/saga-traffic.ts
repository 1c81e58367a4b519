import { onDemand } from "../_system/on-demand.ts";
import type { RuleContext } from "./rule.ts";

/** The messages that one saga's definition names, as `service.Name`. */
export interface SagaTraffic {
  readonly saga: string;
  /** The service that hosts the saga. */
  readonly host: string;
  readonly style: "orchestration" | "choreography";
  readonly sends: readonly string[];
  readonly consumes: readonly string[];
}

export interface SystemTraffic {
  readonly sagas: readonly SagaTraffic[];
  /** False while a definition cannot be read: then no rule may claim that nobody sends or consumes a message. */
  readonly complete: boolean;
}

const traffics = new WeakMap<RuleContext, SystemTraffic>();

/**
 * What the system's sagas send and consume, as far as their definitions can be read.
 *
 * Only the names are taken, wherever they stand; whether a definition makes sense is the saga rules' concern.
 */
export function sagaTraffic(context: RuleContext): SystemTraffic {
  let traffic = traffics.get(context);
  if (!traffic) {
    const sagas = context.system.sagas.map((saga) => {
      const text = context.repository?.read?.(saga.definition);
      const names = text === undefined ? undefined : messagesNamedIn(text);
      return names && { saga: saga.name, host: saga.service, ...names };
    });
    const known = sagas.filter((saga) => saga !== undefined);
    traffic = { sagas: known, complete: known.length === sagas.length };
    traffics.set(context, traffic);
  }
  return traffic;
}

const consumedUnder = new Set(["trigger", "success", "failure", "on"]);

/** Characters of a definition, above which it is not read: no person writes so much, and YAML of that size takes seconds. */
const longestDefinition = 1_000_000;

/** The messages named in the text of a saga definition; undefined where it is no YAML map. */
export function messagesNamedIn(text: string): Pick<SagaTraffic, "style" | "sends" | "consumes"> | undefined {
  const definition = readYaml(text);
  if (!isMap(definition)) return undefined;
  const sends = new Set<string>();
  const consumes = new Set<string>();
  const seen = new Set<unknown>();
  const collect = (node: unknown): void => {
    if (typeof node !== "object" || node === null || seen.has(node)) return;
    seen.add(node);
    for (const [key, value] of Object.entries(node)) {
      // What a step gives its command is data: a field called `on` names no event.
      if (key === "input") continue;
      if (typeof value !== "string") collect(value);
      else if (key === "command") sends.add(value);
      else if (consumedUnder.has(key)) consumes.add(value);
    }
  };
  collect(definition);
  const style = definition.style === "choreography" ? "choreography" : "orchestration";
  return { style, sends: [...sends], consumes: [...consumes] };
}

function readYaml(text: string): unknown {
  if (text.length > longestDefinition) return undefined;
  const document = onDemand.yaml().parseDocument(text);
  try {
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch {
    // Aliases that expand without end, or to nothing.
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
