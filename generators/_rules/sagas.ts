import { loadSaga, type SagaDocument } from "../_saga/load.ts";
import { UnreadableManifestError } from "../_system/errors.ts";
import { withFlows } from "../_system/flows.ts";
import type { SagaEntry } from "../_system/system.ts";
import type { RuleContext } from "./rule.ts";

/** A saga of the system, with what its file says. */
export interface SystemSaga {
  readonly entry: SagaEntry;
  readonly document: SagaDocument;
}

export interface SystemSagas {
  /** Those whose file can be read. */
  readonly sagas: readonly SystemSaga[];
  /** Whether that is every one. */
  readonly complete: boolean;
  /** Why a file cannot be read; a missing one is EDA-M09's. */
  readonly unreadable: readonly UnreadableManifestError[];
}

const known = new WeakMap<RuleContext, SystemSagas>();

/** The sagas that the manifest names; each file is read once. */
export function sagasOf(context: RuleContext): SystemSagas {
  let sagas = known.get(context);
  if (!sagas) {
    sagas = readSagas(context);
    known.set(context, sagas);
  }
  return sagas;
}

/** The same context with what the sagas do in its system, where that can be read. */
export function withSagas(context: RuleContext): RuleContext {
  const sagas = sagasOf(context);
  const flows = sagas.sagas.flatMap(({ entry, document }) =>
    document.definition ? [[entry.name, document.definition(entry.service)] as const] : [],
  );
  const whole: RuleContext = { ...context, system: withFlows(context.system, new Map(flows)) };
  known.set(whole, sagas);
  return whole;
}

function readSagas({ system, repository }: RuleContext): SystemSagas {
  const sagas: SystemSaga[] = [];
  const unreadable: UnreadableManifestError[] = [];
  for (const entry of system.sagas) {
    const text = repository?.read?.(entry.definition);
    if (text === undefined) {
      if (repository?.exists(entry.definition))
        unreadable.push(new UnreadableManifestError(`${entry.definition} is not a file`));
      continue;
    }
    try {
      sagas.push({ entry, document: loadSaga(text, entry.definition) });
    } catch (error) {
      if (!(error instanceof UnreadableManifestError)) throw error;
      unreadable.push(error);
    }
  }
  return { sagas, unreadable, complete: sagas.length === system.sagas.length };
}
