import { decide } from "../../templates/runtime/src/saga/decide.ts";
import type { SagaInput, SagaState } from "../../templates/runtime/src/saga/transition.ts";
import { payment, paymentTrigger } from "../templates/runtime/saga/payment.ts";
import { median } from "./statistics.ts";

const success = (step: string, direction: "forward" | "compensation" = "forward"): SagaInput => ({
  type: "reply",
  step,
  direction,
  round: 1,
  outcome: "success",
  data: {},
});
const begun: SagaInput[] = [
  { type: "triggered", id: "payment:4711", data: paymentTrigger },
  success("reserve-stock"),
  success("screen-fraud"),
];
/** One saga that completes, and one whose payment is declined after a timeout. */
const stories: readonly (readonly SagaInput[])[] = [
  [...begun, success("capture-payment"), success("completed")],
  [
    ...begun,
    ...(["timeout", "backoff"] as const).map(
      (kind): SagaInput => ({
        type: "timer",
        timer: { kind, step: "capture-payment", direction: "forward", round: 1, attempt: 1 },
      }),
    ),
    { type: "reply", step: "capture-payment", direction: "forward", round: 1, outcome: "failure", data: {} },
    success("reserve-stock", "compensation"),
    success("compensated"),
  ],
];

export interface DecideRate {
  /** Of one processor core: the median of the rounds. */
  readonly transitionsPerSecond: number;
  readonly rounds: readonly number[];
}

/** How many transitions of the payment saga the machine decides in a second, without storage or messages. */
export function measureDecide({ rounds = 5, milliseconds = 500 } = {}): DecideRate {
  runFor(milliseconds / 2);
  const rates = Array.from({ length: rounds }, () => runFor(milliseconds));
  return { transitionsPerSecond: median(rates), rounds: rates };
}

function runFor(milliseconds: number): number {
  const started = performance.now();
  let transitions = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    for (let batch = 0; batch < 100; batch++) {
      for (const story of stories) {
        let state: SagaState | undefined;
        for (const input of story) ({ state } = decide(payment, state, input));
        transitions += story.length;
      }
    }
    elapsed = performance.now() - started;
  }
  return (transitions / elapsed) * 1_000;
}
