import fc from "fast-check";
import { stringify } from "yaml";
import { type ManifestValue, randomManifest } from "./random-manifest.ts";

/** A manifest, and the files of its sagas by their path. */
export interface RandomSystem {
  readonly manifest: ManifestValue;
  readonly files: Readonly<Record<string, string>>;
}

/** A service that can take part: it has a command, and two events to tell success and failure apart. */
interface Participant {
  readonly commands: readonly string[];
  readonly events: readonly string[];
}

const durations = fc.constantFrom("500ms", "30s", "5m");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Random manifests with sagas over their own commands and events; some of their files are no sagas, or missing. */
export const randomSystem: fc.Arbitrary<RandomSystem> = randomManifest.chain((manifest) => {
  const names = Object.keys((manifest.sagas ?? {}) as ManifestValue);
  const participants = participantsOf((manifest.services ?? {}) as ManifestValue);
  const text = (name: string) =>
    participants.length === 0
      ? fc.constant(undefined)
      : fc.oneof({ weight: 8, arbitrary: saga(name, participants) }, odd);
  return fc.tuple(...names.map(text)).map((texts) => ({
    manifest,
    files: Object.fromEntries(
      names.flatMap((name, at) => (texts[at] === undefined ? [] : [[`sagas/${name}.saga.yaml`, texts[at]]])),
    ),
  }));
});

const odd = fc.constantFrom(undefined, "", "saga: [", "saga: x\nversion: one\n");

function participantsOf(services: ManifestValue): readonly Participant[] {
  return Object.entries(services).flatMap(([service, body]) => {
    const { commands, events } = body as { commands: object; events: object };
    const messages = (of: object) => Object.keys(of).map((name) => `${service}.${name}`);
    const own = { commands: messages(commands), events: messages(events) };
    return own.commands.length > 0 && own.events.length > 1 ? [own] : [];
  });
}

function saga(name: string, participants: readonly Participant[]): fc.Arbitrary<string> {
  const events = participants.flatMap((participant) => participant.events);
  return fc
    .record({
      isLed: fc.boolean(),
      trigger: fc.constantFrom(...events),
      deadline: fc.constantFrom("15m", "1h", "2d"),
      timeout: durations,
      compensatable: fc.array(group(participants, events), { maxLength: 3 }),
      pivot: maybe(step(participants, events)),
      retriable: fc.array(step(participants, events), { maxLength: 2 }),
      completed: maybe(step(participants, events)),
      compensated: maybe(step(participants, events)),
    })
    .map((parts) => {
      let count = 0;
      const on = (isNeeded: boolean, event: string) => (isNeeded ? { on: event } : {});
      const stepOf = (kind: string, { command, success, failure, undo, hears }: Step) => ({
        id: `step-${++count}`,
        kind,
        command,
        input: { id: "$.trigger.id" },
        success,
        ...(failure !== undefined && { failure }),
        ...on(!parts.isLed, hears),
        ...(kind === "compensatable" && undo === undefined && { compensation: "none", reason: "changes nothing" }),
        ...(kind !== "retriable" &&
          undo !== undefined && { compensation: { command: undo, success, ...on(!parts.isLed, hears) } }),
      });
      const entry = (steps: readonly Step[]) => {
        const members = steps.map((each) => stepOf("compensatable", each));
        return members.length > 1 ? { parallel: members } : members[0];
      };
      const ending = (given: Step | undefined) =>
        given && { command: given.command, success: given.success, ...on(!parts.isLed, given.hears) };
      const steps = [
        ...parts.compensatable.map(entry),
        ...(parts.pivot ? [stepOf("pivot", parts.pivot)] : []),
        ...parts.retriable.map((each) => stepOf("retriable", each)),
      ];
      return stringify({
        saga: name,
        version: 1,
        style: parts.isLed ? "orchestration" : "choreography",
        trigger: parts.trigger,
        key: "$.trigger.id",
        deadline: parts.deadline,
        timeout: parts.timeout,
        steps: steps.length > 0 ? steps : [entry([{ ...firstStep(participants), hears: parts.trigger }])],
        ...(parts.completed && { completed: ending(parts.completed) }),
        ...(parts.compensated && { compensated: ending(parts.compensated) }),
      });
    });
}

interface Step {
  readonly command: string;
  readonly success: string;
  readonly failure: string | undefined;
  readonly undo: string | undefined;
  readonly hears: string;
}

function firstStep([first]: readonly Participant[]): Step {
  const { commands, events } = first!;
  return { command: commands[0]!, success: events[0]!, failure: events[1], undo: undefined, hears: events[0]! };
}

function step(participants: readonly Participant[], events: readonly string[]): fc.Arbitrary<Step> {
  return fc.constantFrom(...participants).chain((participant) =>
    fc
      .record({
        command: fc.constantFrom(...participant.commands),
        outcomes: fc.shuffledSubarray([...participant.events], { minLength: 2, maxLength: 2 }),
        fails: fc.boolean(),
        undo: maybe(fc.constantFrom(...participant.commands)),
        hears: fc.constantFrom(...events),
      })
      .map(({ outcomes: [success, failure], fails, ...rest }) => ({
        ...rest,
        success: success!,
        failure: fails ? failure : undefined,
      })),
  );
}

function group(participants: readonly Participant[], events: readonly string[]): fc.Arbitrary<readonly Step[]> {
  return fc.array(step(participants, events), { minLength: 1, maxLength: 3 });
}
