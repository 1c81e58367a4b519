/** A manifest as plain values, open to be broken. */
export interface PlainManifest {
  stream: Record<string, unknown>;
  contexts: Record<string, unknown>;
  services: Record<string, PlainService>;
  outboxes: Record<string, Record<string, unknown>>;
  streamsApps: Record<string, Record<string, unknown>>;
  readModels: Record<string, Record<string, unknown>>;
  topics: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}

interface PlainService {
  context: string;
  port: number;
  commands: Record<string, { fields: Record<string, string>; emits: string[]; http?: boolean; undoes?: string }>;
  events: Record<string, { fields: Record<string, string> }>;
  types: Record<string, Record<string, string>>;
  subscribes: string[];
  [key: string]: unknown;
}

const size = 5;

/**
 * A sound system of five services in a ring. Each event has two consumers, so that a misspelt reference to it breaks
 * that reference alone; but for `Closed`, which only the next service's subscription consumes.
 */
export function ring(): PlainManifest {
  const numbers = Array.from({ length: size }, (_, index) => index);
  const each = <T>(entry: (index: number) => [string, T]) => Object.fromEntries(numbers.map(entry));
  return {
    eda: 1,
    name: "ring",
    stream: {
      platform: "kafka",
      partitions: 12,
      replication: 3,
      retention: "7d",
      expected: { peakPerSecond: 1000, averageBytes: 500, growthPerYear: 2 },
    },
    contexts: each((index) => [`area-${index}`, { purpose: `Looks after ${index}` }]),
    services: { ...each((index) => [`station-${index}`, station(index)]), "sink-hub": sink() },
    outboxes: { ...each((index) => [`station-${index}`, { relay: "polling" }]), "sink-hub": { relay: "cdc" } },
    streamsApps: each((index) => [
      `totals-${index}`,
      { from: [`station-${index}.Opened${index}`], key: "groupId", window: "1h", routesTo: [`totals-${index}.large`] },
    ]),
    readModels: each((index) => [
      `summary-${index}`,
      {
        key: `thing${index}Id`,
        from: [`station-${index}.Opened${index}`, `station-${index}.Moved${index}`],
        port: 4101 + index,
      },
    ]),
    topics: each((index) => [`station-${index}.thing${index}.events`, { retention: "30d" }]),
  };
}

function station(index: number): PlainService {
  const key = `thing${index}Id`;
  const before = (index + size - 1) % size;
  const fields = { [key]: "uuid", groupId: "string", parts: `Part${index}[]` };
  return {
    context: `area-${index}`,
    aggregate: `Thing${index}`,
    port: 4001 + index,
    commands: {
      [`Open${index}`]: { fields: { ...fields }, emits: [`Opened${index}`] },
      [`Move${index}`]: { fields: { [key]: "uuid" }, emits: [`Moved${index}`] },
      [`Close${index}`]: { fields: { [key]: "uuid" }, emits: [`Closed${index}`], undoes: `Open${index}` },
    },
    events: {
      [`Opened${index}`]: { fields: { ...fields } },
      [`Moved${index}`]: { fields: { [key]: "uuid" } },
      [`Closed${index}`]: { fields: { [key]: "uuid" } },
    },
    types: { [`Part${index}`]: { label: "string", weight: "decimal?" } },
    subscribes: [`Opened`, `Moved`, `Closed`].map((event) => `station-${before}.${event}${before}`),
  };
}

function sink(): PlainService {
  return { context: "area-0", aggregate: "Hub", port: 4900, commands: {}, events: {}, types: {}, subscribes: [] };
}

export interface Mutation {
  /** The rule that has to catch it. */
  readonly rule: string;
  readonly what: string;
  apply(manifest: PlainManifest): void;
}

/** Every way to break the ring that the rules cover, at every place where it can be broken so. */
export function mutations(): Mutation[] {
  return [
    ...misspeltKeys(),
    ...wrongValues(),
    ...misspeltReferences(),
    ...missingKeyFields(),
    ...collisions(),
    ...rest(),
  ];
}

function stations(): [string, PlainService][] {
  return Object.entries(ring().services).filter(([name]) => name !== "sink-hub");
}

/** Two neighbouring letters change places; where they are the same one, a letter is doubled. */
function misspelt(word: string): string {
  const at = word.search(/(?<=[A-Za-z])[a-z]{2}/);
  const [a = "", b = ""] = [word[at], word[at + 1]];
  return at < 0 || a === b ? `${word}x` : word.slice(0, at) + b + a + word.slice(at + 2);
}

function misspeltKeys(): Mutation[] {
  const found: Mutation[] = [];
  /** Keys whose name is the schema's, below a node that is reached by its path. */
  const visit = (path: string[]) => {
    for (const key of Object.keys(nodeAt(ring(), path))) {
      found.push({
        rule: "EDA-M01",
        what: `key ${[...path, key].join(".")} misspelt`,
        apply: (manifest) => renameKey(nodeAt(manifest, path), key, misspelt(key)),
      });
    }
  };
  visit([]);
  visit(["stream"]);
  visit(["stream", "expected"]);
  for (const section of ["contexts", "services", "outboxes", "streamsApps", "readModels", "topics"]) {
    for (const name of Object.keys(nodeAt(ring(), [section]))) visit([section, name]);
  }
  for (const [name, { commands, events }] of stations()) {
    for (const command of Object.keys(commands)) visit(["services", name, "commands", command]);
    for (const event of Object.keys(events)) visit(["services", name, "events", event]);
  }
  return found;
}

function wrongValues(): Mutation[] {
  return stations().flatMap(([name]) => [
    {
      rule: "EDA-M01",
      what: `${name}: port is a text`,
      apply: (m) => {
        m.services[name]!.port = "4001" as never;
      },
    },
    {
      rule: "EDA-M01",
      what: `${name}: subscribes is a map`,
      apply: (m) => {
        m.services[name]!.subscribes = {} as never;
      },
    },
    {
      rule: "EDA-M01",
      what: `${name}: no such persistence`,
      apply: (m) => {
        m.services[name]!.persistence = "stat";
      },
    },
  ]);
}

function misspeltReferences(): Mutation[] {
  const found: Mutation[] = [];
  const add = (what: string, apply: Mutation["apply"]) => found.push({ rule: "EDA-M02", what, apply });
  for (const [name, service] of stations()) {
    add(`${name}: context`, (m) => {
      m.services[name]!.context = misspelt(service.context);
    });
    service.subscribes.forEach((reference, index) => {
      add(`${name}: subscribes to no event`, (m) => {
        m.services[name]!.subscribes[index] = `${reference}0`;
      });
      // Closed has no other consumer: without this one it would be unconsumed too.
      if (index === 2) found.pop();
    });
    for (const [command, { emits, undoes }] of Object.entries(service.commands)) {
      const at = (m: PlainManifest) => m.services[name]!.commands[command]!;
      add(`${name}.${command}: emits`, (m) => {
        at(m).emits = [misspelt(emits[0]!)];
      });
      if (undoes)
        add(`${name}.${command}: undoes`, (m) => {
          at(m).undoes = misspelt(undoes);
        });
    }
    for (const event of Object.keys(service.events)) {
      add(`${name}.${event}: type`, (m) => {
        m.services[name]!.events[event]!.fields.more = "Prat";
      });
    }
    for (const type of Object.keys(service.types)) {
      add(`${name}.${type}: type`, (m) => {
        m.services[name]!.types[type]!.more = "Prat[]";
      });
    }
  }
  for (const section of ["readModels", "streamsApps"] as const) {
    for (const name of Object.keys(ring()[section])) {
      const from = (m: PlainManifest) => m[section][name]!.from as string[];
      add(`${name}: from no event`, (m) => {
        from(m)[0] = misspelt(from(m)[0]!);
      });
      add(`${name}: no such key`, (m) => {
        m[section][name]!.key = "no_such_field";
      });
    }
  }
  add("outbox of no service", (m) => renameKey(m.outboxes, "sink-hub", "sink-hbu"));
  for (const name of Object.keys(ring().topics)) add(`topic ${name}`, (m) => renameKey(m.topics, name, `${name}x`));
  return found;
}

function missingKeyFields(): Mutation[] {
  return stations().flatMap(([name, service], index) =>
    (["commands", "events"] as const).flatMap((section) =>
      Object.keys(service[section]).flatMap((message) => {
        const fields = (m: PlainManifest) => m.services[name]![section][message]!.fields;
        const key = `thing${index}Id`;
        return [
          { rule: "EDA-M02", what: `${message} without its key`, apply: (m) => void delete fields(m)[key] },
          {
            rule: "EDA-M02",
            what: `${message} with an optional key`,
            apply: (m) => {
              fields(m)[key] = "uuid?";
            },
          },
        ] satisfies Mutation[];
      }),
    ),
  );
}

function collisions(): Mutation[] {
  const found: Mutation[] = [];
  const add = (what: string, apply: Mutation["apply"]) => found.push({ rule: "EDA-M03", what, apply });
  for (const [name, { port }] of stations()) {
    add(`${name}: port of another service`, (m) => {
      m.services["sink-hub"]!.port = port;
    });
    add(`${name}: port of a read model`, (m) => {
      m.readModels["summary-0"]!.port = port;
    });
    add(`${name}: admin port of a read model`, (m) => {
      m.readModels["summary-0"]!.port = port + 10_000;
    });
    add(`${name}: name of a read model`, (m) => renameKey(m.readModels, "summary-0", name));
    add(`${name}: name of a stream application`, (m) => renameKey(m.streamsApps, "totals-0", name));
    add(`${name}: topic of a stream application`, (m) => {
      m.streamsApps["totals-0"]!.routesTo = [`${name}.thing${name.slice(-1)}.events`];
    });
    add(`${name}: two messages but for letter case`, (m) => {
      const { commands } = m.services[name]!;
      const [first] = Object.keys(commands);
      commands[`${first![0]}${first!.slice(1).toUpperCase()}`] = structuredClone(commands[first!]!);
    });
  }
  return found;
}

function rest(): Mutation[] {
  const found: Mutation[] = [];
  for (const [name, service] of stations()) {
    found.push(
      {
        rule: "EDA-M04",
        what: `${name}: the one subscription dropped`,
        apply: (m) => void m.services[name]!.subscribes.pop(),
      },
      { rule: "EDA-M06", what: `${name}: outbox dropped`, apply: (m) => void delete m.outboxes[name] },
      {
        rule: "EDA-M04",
        what: `${name}: an event more`,
        apply: (m) => {
          m.services[name]!.events.Lonely = { fields: { [`thing${name.slice(-1)}Id`]: "uuid" } };
        },
      },
    );
    for (const command of Object.keys(service.commands)) {
      const what = `${name}.${command}: no HTTP route, in a service that reacts to nothing`;
      found.push({
        rule: "EDA-M05",
        what,
        apply: (m) => {
          m.services[name]!.commands[command]!.http = false;
          m.services[name]!.subscribes = [];
          for (const other of Object.values(m.services)) {
            for (const event of Object.values(other.events)) Object.assign(event, { external: true });
          }
        },
      });
    }
  }
  for (const [setting, value] of [
    ["partitions", 1],
    ["replication", 2],
    ["retention", "4000d"],
  ] as const) {
    found.push({
      rule: "EDA-M12",
      what: `stream.${setting}: ${value}`,
      apply: (m) => {
        m.stream[setting] = value;
      },
    });
    for (const topic of Object.keys(ring().topics)) {
      const what = `${topic}.${setting}: ${value}`;
      found.push({
        rule: "EDA-M12",
        what,
        apply: (m) => {
          m.topics[topic]![setting] = value;
        },
      });
    }
  }
  return found;
}

function nodeAt(manifest: PlainManifest, path: readonly string[]): Record<string, unknown> {
  return path.reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, manifest);
}

function renameKey(node: Record<string, unknown>, from: string, to: string): void {
  node[to] = node[from];
  delete node[from];
}
