import { record, type Turn } from "./turn.ts";

/** R17: the saga is over. What an operator has skipped is never counted as completed or compensated. */
export function end(turn: Turn, as: "completed" | "compensated"): void {
  const status = turn.state.exceptions ? (`${as}-with-exceptions` as const) : as;
  turn.state = { ...turn.state, status };
  turn.effects.push({ type: "cancel-timers" });
  record(turn, status);
}
