import { courseOf, isOpen, nameOf } from "../course.ts";
import { isOver } from "../decide.ts";
import type { SagaCommand, SagaDefinition } from "../definition.ts";
import { VerbRefusedError } from "../errors.ts";
import { commandOf } from "../stages.ts";
import type { SagaInput, SagaState, Stage } from "../transition.ts";
import { meaningOf } from "./meaning.ts";
import { type Change, see } from "./see.ts";

/**
 * An operator acts on a choreography. Nothing can be sent from here, so that only one verb has a meaning: `complete`
 * records what the operator has made sure of, as if the stage's own event had been seen. What starts at that event begins
 * here too, and is stuck until its own is seen or it is completed itself: nobody has told the services.
 * @throws VerbRefusedError for any other verb, with what to do instead; and where the stage is not stuck
 */
export function onVerb(
  state: SagaState,
  definition: SagaDefinition,
  input: Extract<SagaInput, { readonly type: "operator" }>,
): Change {
  const stage: Stage = { step: input.step, direction: input.direction };
  const name = nameOf(stage);
  if (isOver(state)) throw new VerbRefusedError(`${state.id} is over: it is ${state.status}`);
  const command = commandOf(definition, stage);
  if (command === undefined) throw new VerbRefusedError(`The saga ${definition.saga} does not have ${name}`);
  if (input.verb !== "complete") throw new VerbRefusedError(whereToLook(input.verb, name, command));
  const course = courseOf(state, stage);
  if (course === undefined) throw new VerbRefusedError(`${name} has not begun`);
  if (!isOpen(course)) throw new VerbRefusedError(`${name} has settled already: ${course.status}`);
  if (course.stuck === undefined) throw new VerbRefusedError(`${name} is not stuck: it waits for its event`);
  const event = command.success;
  const following = meaningOf(definition, event).filter(({ as }) => as === "begun");
  const { data } = input;
  const seen = see(state, definition, [{ ...stage, as: "succeeded" }, ...following], { event, data });
  return { state: seen.state, log: [{ what: "operator-completed", ...stage }, ...seen.log] };
}

function whereToLook(verb: string, name: string, { command, on }: SagaCommand): string {
  const service = command.slice(0, command.indexOf("."));
  return (
    `nobody leads a choreography, so that nothing can be sent to ${verb} ${name}. It starts at ${on} in ${service}: ` +
    `look for that with eda dead-letters list --service ${service} --type ${on}, and replay it. ` +
    "What you have put right by hand, discard there and complete here"
  );
}
