import { chaos } from "../chaos.ts";
import { conformance } from "../conformance.ts";
import { startEmbedded } from "./start-embedded.ts";

conformance("embedded broker", startEmbedded);
chaos("embedded broker", startEmbedded, { disruptions: 4, seed: 1 });
