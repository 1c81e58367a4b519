export const usage = `usage: eda <command> [options]

  dead-letters list               what a service could not handle
    [--type T] [--topic T] [--key K] [--limit N] [--after ID]
  dead-letters show ID            one of them, with its data and its error
  dead-letters replay ID          hands it to its consumer again
  dead-letters replay --all       the same for all that match
    [--type T] [--topic T] [--key K] --yes [--count N]
  dead-letters discard ID --reason TEXT
  dead-letters discard --all --reason TEXT
    [--type T] [--topic T] [--key K] --yes [--count N]
  outbox status                   what is not published yet, and what is parked
  outbox unpark TYPE ID           lets the relay try an aggregate again

  sagas                           the open sagas, and where each is
    [--stuck] [--saga S] [--status S] [--step S] [--direction D]
    [--since TIME] [--limit N] [--after ID]
  sagas ID                        one of them, with its steps, timers and log
  sagas retry|skip|complete|fail ID --reason TEXT
    [--step S] [--direction D] [--revision N] [--data JSON]
  sagas retry|skip|complete|fail --all --step S --reason TEXT
    [--direction D] [--saga S] [--since TIME] [--data JSON] --yes [--count N]

  trace ID                        what happened under a correlation id, or that
                                  of a saga, in all services; also as a diagram
                                  with --format mermaid

  --service NAME                  which one, where several run
  --format text|json              default text

Without --yes the count alone is shown, and nothing is done. --count refuses
when another number matches. Services are those of \`npm run dev\`, or the one
of EDA_ADMIN_URL with its ADMIN_TOKEN. Exit codes: 0 done, 1 not done, 2 usage.`;
