import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { stringify } from "yaml";
import { refuseCollisions } from "../../../generators/_render/collisions.ts";
import type { RenderedFile } from "../../../generators/_render/file.ts";
import { isWritable } from "../../../generators/_render/record.ts";
import { render } from "../../../generators/_render/render.ts";
import { loadTemplates } from "../../../generators/_render/templates.ts";
import { type ManifestValue, reordered } from "../../support/random-manifest.ts";
import { randomSystem } from "../../support/random-sagas.ts";
import { systemOf } from "../../support/saga-shop.ts";

const templates = loadTemplates();

/** Path to text; a shared file as it is made where there is none. */
function rendered(
  manifest: ManifestValue | string,
  files: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const system = systemOf(typeof manifest === "string" ? manifest : stringify(manifest), files);
  const textOf = (file: RenderedFile) => ("content" in file ? file.content : file.edit(undefined, false));
  return Object.fromEntries(render(system, templates, "0.1.0").map((file) => [file.path, textOf(file)]));
}

const services = (body: string) => `eda: 1\nname: shop\nservices:\n  rooms:\n    port: 4001\n${body}`;

describe("render", () => {
  it("gives files for every manifest that fits the schema, all inside the repository and none in another's place", () => {
    fc.assert(
      fc.property(randomSystem, ({ manifest, files: sagas }) => {
        const system = systemOf(stringify(manifest), sagas);
        const files = render(system, templates, "0.1.0");
        for (const { path } of files) assert.ok(isWritable(path), path);
        refuseCollisions(files);
      }),
      { numRuns: 100 },
    );
  });

  it("is a function of the system: the same manifest in another order gives the same bytes", () => {
    fc.assert(
      fc.property(randomSystem, ({ manifest, files }) => {
        assert.deepEqual(rendered(reordered(manifest) as ManifestValue, files), rendered(manifest, files));
      }),
      { numRuns: 50 },
    );
  });

  it("leaves references out that lead nowhere", () => {
    const files = rendered(services("    subscribes: [nobody.NothingDone, rooms.NothingDone]\n"));
    assert.match(files["services/rooms/src/generated/wiring.ts"]!, /reactions: \{\},/);
    assert.match(files["services/rooms/src/generated/definition.ts"]!, / subscriptions: \[\],/);
  });

  it("puts no sentence of the manifest where a template, a shell or SQL could take it for its own", () => {
    const manifest = (purpose: string) =>
      `eda: 1\nname: shop\ncontexts: { rooms: { purpose: ${JSON.stringify(purpose)} } }\n`;
    const hostile = "<%= process.exit(3) %> $(touch hacked) `x` '; DROP TABLE x; -- \u0000".replace("\u0000", "");
    assert.deepEqual(rendered(manifest(hostile)), rendered(manifest("harmless")));
  });

  it("renders a service with nothing to say", () => {
    const files = rendered(services(""));
    assert.match(
      files["services/rooms/src/domain/rooms.ts"] ?? files["services/rooms/src/domain/room.ts"]!,
      /decide: \(\) => \[\],/,
    );
    assert.equal(
      Object.keys(files).some((path) => path.includes("0020-outbox")),
      false,
    );
  });

  it("passes a command's optional field on only where it is there", () => {
    const files = rendered(
      services(
        [
          "    aggregate: Room",
          "    commands: { BookRoom: { fields: { roomId: uuid, note: string?, nights: int }, emits: [RoomBooked] } }",
          "    events: { RoomBooked: { fields: { roomId: uuid, note: string?, by: string, at: timestamp? } } }",
        ].join("\n"),
      ),
    );
    assert.match(
      files["services/rooms/src/domain/room.ts"]!,
      /data: \{\s+roomId: command\.data\.roomId,\s+\.\.\.\(command\.data\.note !== undefined && \{ note: command\.data\.note \}\),\s+\/\/ TODO[^\n]+\s+by: "[^"]+",/,
    );
  });

  it("names files, types and routes of a word of two by both", () => {
    const files = rendered(
      "eda: 1\nname: shop\nservices:\n  a: { port: 1, events: { BcD: { fields: { aId: uuid } } } }\n  b: { port: 2, subscribes: [a.BcD] }\n",
    );
    assert.ok(files["services/b/src/handlers/a-bc-d.ts"]);
    assert.ok(files["contracts/a/BcD.v1.json"]);
    assert.match(
      files["services/b/src/generated/wiring.ts"]!,
      /import \{ reaction as aBcD \} from "\.\.\/handlers\/a-bc-d\.ts"/,
    );
  });

  it("draws who hears of what, and offers to try the command that sets most in motion", () => {
    const files = rendered(
      [
        services("    commands:"),
        "      AskLess: { fields: { roomsId: uuid }, emits: [Asked] }",
        "      BookRoom: { fields: { roomsId: uuid, nights: int }, emits: [Booked] }",
        "    events: { Asked: { fields: { roomsId: uuid } }, Booked: { fields: { roomsId: uuid } } }",
        "  desk: { port: 4002, subscribes: [rooms.Booked, nobody.Knows] }",
        "  empty: { port: 4003 }",
      ].join("\n"),
    );
    const document = files["docs/system.md"]!;
    assert.match(document, /^ {2}s2 -->\|"Booked"\| s0$/m);
    assert.match(document, /^Reacts to `nobody\.Knows`, `rooms\.Booked`\.$/m);
    assert.doesNotMatch(document, /\|---\|\n\n/, "a table without a row");
    assert.match(files["README.md"]!, /curl \S+ \S+\/commands\/book-room /);
  });

  it("gives no service a database that PostgreSQL keeps for itself, nor two services one", () => {
    const names = ["postgres", "pg-stat", "public", "orders"];
    const files = rendered(
      `eda: 1\nname: shop\nservices:\n${names.map((name, at) => `  ${name}: { port: ${at + 1} }\n`).join("")}`,
    );
    const local = JSON.parse(files["infra/local.json"]!) as { services: { database: string }[] };
    assert.deepEqual(
      local.services.map(({ database }) => database),
      ["orders", "pg_stat_", "postgres_", "public_"],
    );
  });

  it("keeps to one manifest line: what nobody named is nowhere", () => {
    const files = rendered("eda: 1\nname: shop\n");
    assert.deepEqual(
      Object.keys(files)
        .filter((path) => !path.startsWith("packages/runtime/"))
        .sort(),
      [
        ".eda/manifest.schema.json",
        ".env.example",
        ".gitattributes",
        ".github/workflows/ci.yml",
        ".gitignore",
        ".yo-rc.json",
        "AGENTS.md",
        "README.md",
        "docs/system.md",
        "infra/local.json",
        "package.json",
        "tsconfig.json",
      ],
    );
  });
});
