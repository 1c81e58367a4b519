import type { JournaledLetter } from "../../service/admin-journal-api.ts";
import { detail, type Fact, nameOf, type Sent } from "./fact.ts";

/** A dead letter, and what an operator has made of it. */
export function letterFacts(service: string, letter: JournaledLetter, message: Sent | undefined): readonly Fact[] {
  const { consumer, messageId, type, status, attempts, error, at, resolvedAt, reason } = letter;
  const told = {
    service,
    what: nameOf(type),
    consumer,
    ...(messageId === undefined ? {} : { messageId }),
    ...(message === undefined ? {} : { sender: message.service }),
  };
  const causes = messageId === undefined ? [] : [messageId];
  const waited = attempts === 0;
  const tried = `given up after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${error}`;
  const resolution = status === "discarded" ? `discarded: ${reason ?? ""}` : "replayed";
  return [
    {
      at,
      causes,
      told: { ...told, kind: waited ? "waiting" : "dead letter", ...detail([waited ? error : tried]) },
    },
    ...(resolvedAt === undefined || (waited && status === "replayed")
      ? []
      : [{ at: resolvedAt, causes, told: { ...told, kind: "operator" as const, ...detail([resolution]) } }]),
  ];
}
