// Reads a JSON list of texts, each with the update that the server makes of it. Tells for each what the editor's binding
// to Yjs makes of that update: is it what the editor reads in the text, and the update that the binding itself would make.
import { readFileSync } from "node:fs";
import { prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorRootNode } from "@tiptap/y-tiptap";
import * as Y from "yjs";
import { read, schema, write } from "../../src/raadslag/web/scripts/prose.mjs";

const unmarked = (node) => { // a break has its marks from the letters beside it, and Yjs keeps none for it
  const told = JSON.stringify(node.toJSON(), (_, value) => {
    if (value?.type !== "hardBreak") return value;
    const { marks, ...rest } = value;
    return rest;
  });
  return told;
};

const told = JSON.parse(readFileSync(0, "utf8")).map(([text, update]) => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(update, "base64"));
  const bound = yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment("text"), schema);
  const node = read(text);
  if (!node) return null;
  const own = new Y.Doc();
  prosemirrorToYXmlFragment(node, own.getXmlFragment("text"));
  return {
    isSame: unmarked(bound) === unmarked(node), written: write(bound),
    update: Buffer.from(Y.encodeStateAsUpdate(own)).toString("base64"),
  };
});
process.stdout.write(JSON.stringify(told));
