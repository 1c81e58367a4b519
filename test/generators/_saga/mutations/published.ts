import { type Open, sagaNames } from "../valid-system.ts";
import { type Mutation, mutation, original, type Part } from "./mutation.ts";

/** S15: changed after it was published. */
export function publications(): Mutation[] {
  return sagaNames.flatMap((saga) => {
    const top: Part = { saga, path: [], kind: "top" };
    const version = original.sagas[saga].version;
    const changed = (what: string, change: (whole: Open) => void) =>
      mutation("S15", top, `published, then ${what}`, (whole, system) => {
        system.published[`contracts/published/sagas/${saga}.v${version}.json`] = "as it was";
        change(whole);
      });
    return [
      changed("another deadline", (whole) => {
        whole.deadline = "3d";
      }),
      changed("another timeout", (whole) => {
        whole.timeout = "59s";
      }),
      changed("other attempts", (whole) => {
        whole.retry = { attempts: 4 };
      }),
    ];
  });
}
