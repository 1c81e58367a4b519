import { kebab } from "../_system/names.ts";
import { adminPortOf } from "../_system/ports.ts";
import type { Service, System } from "../_system/system.ts";
import { code } from "./markdown.ts";
import { sagaSections } from "./saga-document.ts";
import { eventsOf, handledBy } from "./saga-roles.ts";

/** `docs/system.md`: who owns what, and who reacts to what. */
export function systemDocument(system: System): string {
  const reactions = new Map<string, string[]>();
  for (const service of system.services) {
    for (const ref of service.subscribes) {
      const name = `${ref.service}.${ref.event}`;
      reactions.set(name, [...(reactions.get(name) ?? []), service.name]);
    }
  }
  for (const { flow, ...saga } of system.sagas) {
    for (const name of flow === undefined ? [] : eventsOf({ ...saga, flow })) {
      reactions.set(name, [...(reactions.get(name) ?? []), `saga ${saga.name}`]);
    }
  }
  return [
    "<!-- Derived from eda.yaml; rendered again by `eda sync`. -->",
    `# The system ${system.name}`,
    "",
    ...flowChart(system),
    ...system.services.flatMap((service) => serviceSection(system, service, reactions)),
    ...sagaSections(system),
    "## Topics",
    "",
    ...(system.topics.length === 0 ? ["None yet."] : ["| topic | of | partitions | kept |", "|---|---|---|---|"]),
    ...system.topics.map(
      ({ name, owner, partitions, retention }) => `| ${code(name)} | ${owner} | ${partitions} | ${retention} |`,
    ),
    "",
  ].join("\n");
}

function serviceSection(
  system: System,
  service: Service,
  reactions: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const sagas = new Map(
    handledBy(system, service).map(({ command, stages }) => [
      command.name,
      [...new Set(stages.map(({ saga }) => `saga ${saga.name}`))].join(", "),
    ]),
  );
  const { name, context, aggregate, key, persistence, port, commands, events, subscribes } = service;
  const kept = persistence === "state" ? "its current state" : "every event";
  const heard = subscribes.map((ref) => code(`${ref.service}.${ref.event}`)).join(", ");
  return [
    `## ${name}`,
    "",
    `Context ${context}. Owns ${code(aggregate)} by ${code(key)}; keeps ${kept}. Port ${port}, admin port ${adminPortOf(port)}.`,
    ...(heard === "" ? [] : [`Reacts to ${heard}.`]),
    "",
    ...(commands.length === 0 ? [] : ["| command | how it comes | emits |", "|---|---|---|"]),
    ...commands.map(({ name, http, emits }) => {
      const asked = sagas.get(name) || undefined;
      const route = http ? [`POST /commands/${kebab(name)}`] : [];
      const how = [...route, ...(asked ? [`from ${asked}`] : [])].join(", ") || "from a handler or a saga";
      return `| ${code(name)} | ${how} | ${emits.map(code).join(", ") || "nothing"} |`;
    }),
    ...(commands.length === 0 ? [] : [""]),
    ...(events.length === 0 ? [] : ["| event | version | who reacts |", "|---|---|---|"]),
    ...events.map((event) => {
      const who = [
        ...(reactions.get(`${name}.${event.name}`) ?? []),
        ...(event.external ? ["outside this system"] : []),
      ];
      return `| ${code(event.name)} | ${event.version} | ${who.join(", ") || "nobody"} |`;
    }),
    ...(events.length === 0 ? [] : [""]),
  ];
}

/** Mermaid: a box a service, an arrow for the events that one hears of another. Boxes are numbered: any name will do. */
function flowChart({ services }: System): readonly string[] {
  const box = new Map(services.map(({ name }, index) => [name, `s${index}`]));
  const arrows = services.flatMap(({ name, subscribes }) =>
    [...Map.groupBy(subscribes, (ref) => ref.service)].flatMap(([from, refs]) =>
      box.has(from)
        ? [`  ${box.get(from)} -->|"${refs.map(({ event }) => event).join("<br>")}"| ${box.get(name)}`]
        : [],
    ),
  );
  if (arrows.length === 0) return [];
  const boxes = services.map(({ name }) => `  ${box.get(name)}["${name}"]`);
  return ["```mermaid", "flowchart LR", ...boxes, ...arrows, "```", ""];
}
