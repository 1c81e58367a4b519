import { chaos } from "../chaos.ts";
import { startEmbedded } from "./start-embedded.ts";

for (const seed of [1, 2, 3]) chaos("embedded broker", startEmbedded, { disruptions: 40, seed });
