import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { traceMermaid } from "../../templates/runtime/src/operate/trace/trace-mermaid.ts";
import { traceText } from "../../templates/runtime/src/operate/trace/trace-text.ts";
import { telemetryKeys } from "../../templates/runtime/src/telemetry/settings.ts";
import { sagaStory } from "../templates/runtime/operate/trace/story.fixture.ts";

describe("the guide to tracing", () => {
  const guide = readFileSync("docs/guides/tracing.md", "utf8");
  const block = (language: string) => new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "m").exec(guide)?.[1];

  it("shows what is really printed", () => {
    assert.equal(block("text"), `${traceText(sagaStory(), 80, false)}\n`);
    assert.equal(block("mermaid"), `${traceMermaid(sagaStory())}\n`);
  });

  it("names each variable that is read, as .env.example explains it", () => {
    for (const [key, meaning] of Object.entries(telemetryKeys))
      assert.ok(guide.includes(`| \`${key}\` | ${meaning} |`), key);
  });
});
