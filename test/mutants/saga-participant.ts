import type { Mutant } from "./mutant.ts";

/** Participants, and the inbox under them, without one of their safety lines. */
export const participantMutants: readonly Mutant[] = [
  {
    fault: "R5: a compensation leaves no tombstone",
    file: "participant/judge.ts",
    line: "const begun: ParticipantRow = { ...row, forwardRefused: true };",
    replacement: "const begun: ParticipantRow = row;",
    test: "participant/judge.test.ts",
  },
  {
    fault: "R5: one row a saga's key, not one a step",
    file: "participant/row.ts",
    line: "return JSON.stringify([sagaId, step]);",
    replacement: "return JSON.stringify([sagaId, typeof step]);",
    test: "participant/commands.test.ts",
  },
  {
    fault: "R5: a forward that is done already is done again",
    file: "participant/judge.ts",
    line: `  if (before !== undefined && !givesWay(before, task)) return { be: "answered", answer: before, row };
  return { be: "done", row };`,
    replacement: `  if (before?.outcome === "failure" && !givesWay(before, task)) return { be: "answered", answer: before, row };
  return { be: "done", row };`,
    test: "participant/judge.test.ts",
  },
  {
    fault: "R5: a stored failure gives way to its own round",
    file: "participant/judge.ts",
    line: `return outcome === "failure" && task.round > round;`,
    replacement: `return outcome === "failure" && task.round >= round;`,
    test: "participant/commands.test.ts",
  },
  {
    fault: "R5: a stored success gives way to a newer round",
    file: "participant/judge.ts",
    line: `return outcome === "failure" && task.round > round;`,
    replacement: "return task.round > round;",
    test: "participant/judge.test.ts",
  },
  {
    fault: "R5: a stored failure is final also for a newer round",
    file: "participant/judge.ts",
    line: `return outcome === "failure" && task.round > round;`,
    replacement: `return outcome === "failure" && task.round > round + 99;`,
    test: "participant/commands.test.ts",
  },
  {
    fault: "R5: after its compensation a forward that was done still answers",
    file: "participant/judge.ts",
    line: `if (row.forwardRefused) return { be: "refused", row };`,
    replacement: `if (row.forwardRefused && row.forwardOutcome === null) return { be: "refused", row };`,
    test: "participant/commands.test.ts",
  },
  {
    fault: "R5: a compensation of what was never done is run, and has an event",
    file: "participant/judge.ts",
    line: "if (!isOpen(row)) return nothingToUndo(begun, task);",
    replacement: `if (!isOpen(row)) return { be: "done", row: begun };`,
    test: "participant/judge.test.ts",
  },
  {
    fault: "R5: a row that is there is read without a lock",
    file: "participant/row.ts",
    line: `  INSERT INTO public.saga_participant AS p (saga_id, step)
  SELECT t.saga_id, t.step FROM unnest($1::text[], $2::text[]) AS t (saga_id, step) ORDER BY t.saga_id, t.step
  ON CONFLICT (saga_id, step) DO UPDATE SET touched_at = clock_timestamp()
  RETURNING`,
    replacement: `  WITH made AS (
    INSERT INTO public.saga_participant (saga_id, step)
    SELECT t.saga_id, t.step FROM unnest($1::text[], $2::text[]) AS t (saga_id, step)
    ON CONFLICT DO NOTHING RETURNING *
  ), found AS (
    SELECT q.* FROM public.saga_participant q JOIN unnest($1::text[], $2::text[]) AS t (saga_id, step) USING (saga_id, step)
  ) SELECT p.* FROM (SELECT * FROM made UNION ALL SELECT * FROM found) AS u CROSS JOIN LATERAL (SELECT u.saga_id AS "sagaId", u.step,
    u.forward_round AS "forwardRound", u.forward_outcome AS "forwardOutcome", u.forward_reply AS "forwardReply",
    u.forward_key AS "forwardKey", false AS called, u.forward_limit_ms AS "forwardLimitMs", 0 AS "callLeftMs",
    u.forward_refused_at IS NOT NULL AS "forwardRefused", u.compensation_round AS "compensationRound",
    u.compensation_outcome AS "compensationOutcome", u.compensation_reply AS "compensationReply",
    u.compensation_task AS "compensationTask", u.compensation_again AS "compensationAgain",
    u.compensation_refused_at IS NOT NULL AS "compensationRefused", 0::double precision AS now) AS p\`;
export const UNUSED = \``,
    test: "participant/commands.test.ts",
  },
  {
    fault: "R18: what follows waits behind a saga's failed command",
    file: "../service/saga-commands.ts",
    line: "  keepsOrder: false,",
    replacement: "  keepsOrder: true,",
    test: "participant/commands.test.ts",
  },
  {
    fault: "R18: a failing command is tried for longer than its step's timeout",
    file: "../service/saga-commands.ts",
    line: "triedForMs: ({ sagatimeoutms }) => sagatimeoutms,",
    replacement: "triedForMs: () => undefined,",
    test: "participant/commands.test.ts",
  },
  {
    fault: "R18: a message that cannot be given up holds up those behind it",
    file: "../inbox/bury.ts",
    line: "if (onGivenUp === undefined || isUnavailable(error)) throw error;",
    replacement: "throw error;",
    test: "../inbox/options.test.ts",
  },
  {
    fault: "R19: the call has another key each time",
    file: "participant/external.ts",
    line: "(row.forwardKey ?? task.idempotencyKey)",
    replacement: "task.idempotencyKey + String(Math.random())",
    test: "participant/external.test.ts",
  },
  {
    fault: "R19: a command of a newer round calls with its own key while a call is open",
    file: "participant/external.ts",
    line: "    forwardKey: open ? row.forwardKey : task.idempotencyKey,",
    replacement: "    forwardKey: task.idempotencyKey,",
    test: "participant/external.test.ts",
  },
  {
    fault: "R19: the intent is not committed before the call",
    file: "participant/external.ts",
    line: "    await saveRows(tx, [intent]);",
    replacement: "    void intent;",
    test: "participant/external.test.ts",
  },
  {
    fault: "R19: nobody looks again right before the call",
    file: "participant/external.ts",
    line: "const row = await run.database.transaction((tx) => lookAgain(tx, task, run));",
    replacement:
      "const row = await run.database.transaction(async (tx) => (await lockRows(tx, [task])).get(task));\n    void lookAgain;",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: a compensation does not wait for an open call",
    file: "participant/judge.ts",
    line: "if (row.callLeftMs > 0 || !(canRefuse || row.forwardRefused))",
    replacement: "if (!(canRefuse || row.forwardRefused))",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: a compensation that waits has written no intent",
    file: "participant/external.ts",
    line: "verdict.ms, (own) => saveIntent(own, row));",
    replacement: "verdict.ms, async () => void saveIntent);",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: a forward's outcome that comes after all is not undone",
    file: "participant/conclude.ts",
    line: `const again = outcome === "success" && row.compensationOutcome === "success" && row.compensationTask !== null;`,
    replacement: "const again = (false as boolean) && row.compensationTask !== null;",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: a crash right after that outcome forgets that it is to be undone",
    file: "participant/external.ts",
    line: `if (task.direction === "forward" && before.compensationAgain && before.compensationTask !== null)`,
    replacement: "if ((false as boolean) && before.compensationTask !== null)",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: nobody looks for what is still to be undone once the forward's message is marked",
    file: "participant/owed.ts",
    line: "WHERE compensation_again AND compensation_task IS NOT NULL",
    replacement: "WHERE false AND compensation_again AND compensation_task IS NOT NULL",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: an outcome that comes during the compensation's call is not seen",
    file: "participant/conclude.ts",
    line: "if (row.forwardOutcome !== seen.forwardOutcome)",
    replacement: "if ((false as boolean) && seen.forwardOutcome === null)",
    test: "participant/external-compensation.test.ts",
  },
  {
    fault: "R19: two processes that made one call both record what came of it",
    file: "participant/conclude.ts",
    line: "    if (row.forwardOutcome !== null || row.forwardKey !== seen.forwardKey) {",
    replacement: `    if (row.forwardOutcome === "failure") {`,
    test: "participant/external.test.ts",
  },
  {
    fault: "R19: an older round's call says what came of a newer round's",
    file: "participant/conclude.ts",
    line: "row.forwardOutcome !== null || row.forwardKey !== seen.forwardKey",
    replacement: "row.forwardOutcome !== null",
    test: "participant/external.test.ts",
  },
  {
    fault: "R19: a step whose provider can neither refuse nor tell is compensated all the same",
    file: "participant/participant.ts",
    line: "return forward === undefined || parts.externalOf(forward)?.canRefuse !== false;",
    replacement: "return forward !== command;",
    test: "participant/external.test.ts",
  },
  {
    fault: "R19: a compensation that is no call is done although its step's call may still have been made",
    file: "participant/participant.ts",
    line: "if (definition.commands[command]?.external !== true) return false;",
    replacement: "if (definition.commands[command]?.external !== true) return true;",
    test: "participant/external.test.ts",
  },
  {
    fault: "an operator's tombstone says of an open call that it was not made",
    file: "participant/judge.ts",
    line: `  if (isOpen(row)) {
    if (row.callLeftMs > 0)`,
    replacement: `  if (isOpen(row) && (false as boolean)) {
    if (row.callLeftMs > 0)`,
    test: "participant/external.test.ts",
  },
  {
    fault: "an operator's tombstone refuses nothing",
    file: "participant/judge.ts",
    line: "return tombstone({ ...row, forwardRefused: true }, task, before);",
    replacement: "return tombstone(row, task, before);",
    test: "participant/commands.test.ts",
  },
  {
    fault: "R20: a command older than the rows is done",
    file: "participant/participant.ts",
    line: "if (!(now - Date.parse(task.time) <= options.retentionMs))",
    replacement: "if (!(now - Date.parse(task.time) <= options.retentionMs * 99))",
    test: "participant/commands.test.ts",
  },
  {
    fault: "R20: a row goes while a command of its time is still done",
    file: "participant/clean-up.ts",
    line: "[retentionMs + MARGIN_MS, AT_ONCE]",
    replacement: "[retentionMs - MARGIN_MS, AT_ONCE]",
    test: "participant/clean-up.test.ts",
  },
  {
    fault: "a message that nothing can help is tried again and again",
    file: "../inbox/in-place.ts",
    line: "if (error instanceof GiveUpError || attempts",
    replacement: "if ((false as boolean) && error instanceof GiveUpError || attempts",
    test: "../inbox/options.test.ts",
  },
  {
    fault: "a message whose time has not come uses up its attempts",
    file: "../inbox/in-place.ts",
    line: "if (error instanceof NotYetError) {",
    replacement: "if ((false as boolean) && error instanceof NotYetError) {",
    test: "../inbox/options.test.ts",
  },
  {
    fault: "the inbox's position passes a message that is not decided",
    file: "../inbox/marks.ts",
    line: "const next = floor !== undefined && floor <= last.offset ? floor : last.offset + 1n;",
    replacement: "const next = floor !== undefined && floor < 0n ? floor : last.offset + 1n;",
    test: "../inbox/options.test.ts",
  },
  {
    fault: "an unreadable record has a second letter after a crash",
    file: "../inbox/decide.ts",
    line: "if (item.record.offset < standing.previousOffset || (await hasLetter(tx, consumer, item))) continue;",
    replacement: "if (item.record.offset < standing.previousOffset) continue;\n      void hasLetter;",
    test: "../inbox/options.test.ts",
  },
  {
    fault: "a batch is handed over again while a call of it still runs",
    file: "../inbox/lanes.ts",
    line: "const results = await Promise.allSettled(",
    replacement: "const results: PromiseSettledResult<void>[] = [];\n      await Promise.all(",
    test: "../inbox/lanes.test.ts",
  },
];
