// Reads a JSON list of texts; tells for each what the editor would write if nothing were changed, or null.
import { readFileSync } from "node:fs";
import { read, write } from "../../src/raadslag/web/scripts/prose.mjs";

const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => { const doc = read(text); return doc && write(doc); })));
