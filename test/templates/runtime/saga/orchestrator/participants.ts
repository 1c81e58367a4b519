import { randomUUID } from "node:crypto";
import type { Broker, Subscription } from "../../../../../templates/runtime/src/broker/broker.ts";
import { decodeRecord, encodeRecord, newEnvelope } from "../../../../../templates/runtime/src/message/codec.ts";
import type { Envelope, Message } from "../../../../../templates/runtime/src/message/message.ts";
import type { JsonObject } from "../../../../../templates/runtime/src/saga/definition.ts";

export type Answer =
  | "success"
  | "failure"
  | "refused"
  | { readonly outcome: "success" | "failure"; readonly data: JsonObject };

export async function publishReply(broker: Broker, command: Message, answer: Answer, more: Partial<Envelope> = {}) {
  const { outcome, data } = typeof answer === "string" ? { outcome: answer, data: {} } : answer;
  const { saganame = "", sagaid = "", sagastep, sagadirection, saground } = command;
  const type = (outcome === "failure" ? command.sagafailure : command.sagasuccess) ?? "";
  const envelope = newEnvelope({
    type,
    source: "/participant",
    subject: sagaid,
    correlationid: command.correlationid,
    causationid: command.id,
    saganame,
    sagaid,
    sagaoutcome: outcome,
    ...(sagastep === undefined ? {} : { sagastep }),
    ...(sagadirection === undefined ? {} : { sagadirection }),
    ...(saground === undefined ? {} : { saground }),
    ...more,
  });
  await broker.publish([encodeRecord(envelope, `${saganame}.replies`, sagaid, data)]);
}

/** Answers commands as it is told; silent where it is told nothing. */
export interface Participants {
  /** Every command that has come, duplicates included. */
  readonly commands: readonly Message[];
  /** `reserve-stock`, `reserve-stock compensation`: in the order in which they came first, of one saga. */
  stages(id: string): readonly string[];
  close(): Promise<void>;
}

export type Script = (command: Message) => Answer | undefined;

export async function participants(broker: Broker, script: Script): Promise<Participants> {
  const commands: Message[] = [];
  // What an earlier test of the same ground has left on the topics is none of this one's.
  const since = new Date().toISOString();
  const subscriptions: Subscription[] = await Promise.all(
    ["inventory", "fraud", "payments", "orders"].map((service) =>
      broker.subscribe(
        { group: `participant ${service} ${randomUUID()}`, topics: [`${service}.commands`], from: "earliest" },
        async ({ records }) => {
          for (const command of records.map(decodeRecord)) {
            if (command.time < since) continue;
            commands.push(command);
            const answer = script(command);
            if (answer !== undefined) await publishReply(broker, command, answer);
          }
        },
      ),
    ),
  );
  return {
    commands,
    stages: (id) => [...new Set(commands.filter(({ sagaid }) => sagaid === id).map(stageName))],
    async close() {
      for (const subscription of subscriptions) await subscription.close();
    },
  };
}

export function stageName({ sagastep, sagadirection }: Pick<Message, "sagastep" | "sagadirection">): string {
  return sagadirection === "compensation" ? `${sagastep} compensation` : `${sagastep}`;
}
