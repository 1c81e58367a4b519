import { type PhaseName, phaseNames, type SagaEntry, type System } from "../_system/system.ts";
import { stepNames } from "./documents.ts";
import type { RenderedFile } from "./file.ts";
import type { Templates } from "./templates.ts";

/**
 * One decision record a phase that is not open, filled from what the manifest says, and in step with it until somebody
 * writes into it: so accepting a phase shows in its record.
 */
export function decisionFiles(system: System, templates: Templates): readonly RenderedFile[] {
  return phaseNames.flatMap((name): RenderedFile[] => {
    const phase = system.phases[name];
    if (phase.status === "open" || !phase.decision) return [];
    const { title, question, decided } = record(name, system);
    const status = phase.status === "decided" ? "accepted" : "proposed: defaults decided, nobody has confirmed them";
    return [
      {
        kind: "stub",
        path: phase.decision,
        content: templates.fill("repository/docs/decision.md.ejs", { title, question, decided, status, phase: name }),
      },
    ];
  });
}

function decidedFlow({ name, service, flow }: SagaEntry): string {
  if (flow === undefined) return `saga ${name}`;
  const who = flow.style === "orchestration" ? `led by ${service}` : `led by nobody, watched by ${service}`;
  return `saga ${name}, ${who}: from ${flow.trigger} by ${stepNames(flow).join(", ")}`;
}

function record(name: PhaseName, system: System): { title: string; question: string; decided: string } {
  const { stream, services } = system;
  const outboxes = services.flatMap(({ name, outbox }) =>
    outbox ? [`${name}: outbox, ${outbox.relay} relay, rows kept for ${outbox.retention}`] : [],
  );
  const listed = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");
  switch (name) {
    case "requirements":
      return {
        title: "Contexts, services and what flows between them",
        question: "Which parts does the business have, which service owns which data, and which events connect them?",
        decided: services.length
          ? listed([
              ...services.map((s) => `${s.name} (context ${s.context}) owns ${s.aggregate} by ${s.key}`),
              ...services.flatMap(({ name, subscribes }) =>
                subscribes.length === 0
                  ? []
                  : [`${name} reacts to ${subscribes.map(({ service, event }) => `${service}.${event}`).join(", ")}`],
              ),
            ])
          : "No service yet; each `eda add service` adds its context, commands and events to `eda.yaml`.",
      };
    case "stream":
      return {
        title: "Event stream",
        question: "On which platform do events travel, at what load, and for how long are they kept?",
        decided: listed([
          `platform: ${stream.platform}`,
          `${stream.partitions} partitions a topic, ${stream.replication} replicas, kept for ${stream.retention}`,
          stream.expected
            ? `expected: ${stream.expected.peakPerSecond} messages/s at the peak, ${stream.expected.averageBytes} bytes each, growing by a factor of ${stream.expected.growthPerYear} a year`
            : "the expected load is not known yet",
        ]),
      };
    case "event-sourcing":
      return {
        title: "State or events as the truth",
        question: "For each aggregate: is its current state kept, or every event that led to it?",
        decided: services.length
          ? listed(services.map((s) => `${s.aggregate} (${s.name}): ${s.persistence}`))
          : "No aggregate yet; current state is kept unless a service says otherwise.",
      };
    case "cqrs-sagas":
      return {
        title: "Flows across services, and queries",
        question: "Which flows cross services, who leads them, and which queries need a view of their own?",
        decided:
          system.sagas.length + system.readModels.length > 0
            ? listed([...system.sagas.map(decidedFlow), ...system.readModels.map((r) => `view ${r.name}`)])
            : "Plain reactions between services; no saga and no read model yet.",
      };
    case "consistency":
      return {
        title: "Outbox and stream applications",
        question: "How does an event leave a service together with the change that it tells of?",
        decided: outboxes.length
          ? listed(outboxes)
          : "No outbox yet; a service that publishes gets one, with a polling relay.",
      };
  }
}
