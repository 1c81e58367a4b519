/** A run in a process of its own: `run-tiny.mts ROOT add NAME remove NAME`. Says `waiting` where it has to wait. */
import { add, remove, runTiny } from "./tiny-system.ts";

const [root, ...words] = process.argv.slice(2);
const edits = words.flatMap((word, index) => {
  const name = words[index + 1] ?? "";
  return word === "add" ? [add(name)] : word === "remove" ? [remove(name)] : [];
});
await runTiny(root!, (manifest) => edits.reduce((text, edit) => edit(text), manifest), {
  onWait: () => process.send?.("waiting"),
});
