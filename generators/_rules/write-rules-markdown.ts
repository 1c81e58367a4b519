import { writeFileSync } from "node:fs";
import { rules } from "./registry.ts";
import { rulesMarkdown } from "./rules-markdown.ts";

writeFileSync(new URL("../../docs/rules.md", import.meta.url), rulesMarkdown(rules));
