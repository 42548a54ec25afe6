// The text of all fields as the editor sees it: the part of CommonMark that `core/text.py` describes, to a document of
// ProseMirror and back. A text that would not come back whole is not for the editor: `read` then gives null.
import MarkdownIt from "markdown-it";
import { getSchema } from "@tiptap/core";
import { Bold } from "@tiptap/extension-bold";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { MarkdownParser, MarkdownSerializer, MarkdownSerializerState } from "prosemirror-markdown";

const TYPED = /^[ \t]*[•▪◦‣●∙]/m;
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;

// Whether blank lines part the items; and a break that a line's end in the source is, or one that was asked for.
const tight = { tight: { default: true, rendered: false } };
const Break = HardBreak.extend({
  addAttributes: () => ({ soft: { default: false, rendered: false } }),
});

// Tab leaves the editor, for those who go by keyboard; lists are moved in and out by Ctrl and brackets.
const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      "Mod-]": () => this.editor.commands.sinkListItem(this.name),
      "Mod-[": () => this.editor.commands.liftListItem(this.name),
    };
  },
});

export const extensions = [
  Document, Paragraph, Text, Break, Bold, Italic,
  Heading.configure({ levels: [1, 2, 3, 4, 5, 6] }),
  Link.extend({ priority: 50 }).configure({ // inside emphasis, never around it
    openOnClick: false, autolink: false, linkOnPaste: true, HTMLAttributes: { target: null, rel: null },
    isAllowedUri: (address) => ADDRESS.test(address),
  }),
  BulletList.extend({ addAttributes() { return { ...this.parent?.(), ...tight }; } }),
  OrderedList.extend({ addAttributes() { return { ...this.parent?.(), ...tight }; } }),
  Item,
];
export const schema = getSchema(extensions);

const markdown = new MarkdownIt("commonmark").enable("table").disable([
  "code", "fence", "blockquote", "hr", "lheading", "reference", "html_block", "backticks", "html_inline", "entity", "image",
]);
markdown.validateLink = (address) => ADDRESS.test(address);
markdown.normalizeLink = (address) => address;

function isTight(tokens, at) {
  const first = tokens.slice(at + 1).find((token) => token.type === "paragraph_open");
  return Boolean(first?.hidden);
}

const parser = new MarkdownParser(schema, markdown, {
  paragraph: { block: "paragraph" },
  heading: { block: "heading", getAttrs: (token) => ({ level: Number(token.tag.slice(1)) }) },
  bullet_list: { block: "bulletList", getAttrs: (_, tokens, at) => ({ tight: isTight(tokens, at) }) },
  ordered_list: {
    block: "orderedList",
    getAttrs: (token, tokens, at) => ({ start: Number(token.attrGet("start") ?? 1), tight: isTight(tokens, at) }),
  },
  list_item: { block: "listItem" },
  hardbreak: { node: "hardBreak" },
  softbreak: { node: "hardBreak", attrs: { soft: true } },
  em: { mark: "italic" },
  strong: { mark: "bold" },
  link: { mark: "link", getAttrs: (token) => ({ href: token.attrGet("href") }) },
});

// --- writing ---

class State extends MarkdownSerializerState {
  esc(text, isFirst = false) {
    let told = text
      .replace(/[*\\]/g, "\\$&")
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
      .replace(/\](?=\(|$)/g, "\\]")
      .replace(/<(?=[a-z])/gi, "\\<");
    if (isFirst) {
      told = told.replace(/^(\s*)([-+]|#{1,6})(?=\s|$)/, "$1\\$2").replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
    }
    return told;
  }
}

/** Whether a link shows its own address and nothing else, from the child `at` of `parent` on: it is written once. */
function isBare(mark, parent, at) {
  const text = parent.child(at);
  const next = at + 1 < parent.childCount ? parent.child(at + 1) : null;
  return text.isText && !(next && mark.isInSet(next.marks))
    && [mark.attrs.href, mark.attrs.href.replace(/^mailto:/, "")].includes(text.text) && !/[<>\s]/.test(text.text);
}

const serializer = new MarkdownSerializer(
  {
    paragraph(state, node) { state.renderInline(node); state.closeBlock(node); },
    heading(state, node) {
      state.write(`${"#".repeat(node.attrs.level)} `);
      state.renderInline(node, false);
      state.closeBlock(node);
    },
    bulletList(state, node) { state.renderList(node, "  ", () => "- "); },
    orderedList(state, node) {
      const start = node.attrs.start ?? 1;
      const width = String(start + node.childCount - 1).length;
      state.renderList(node, " ".repeat(width + 2), (at) => `${start + at}. `);
    },
    listItem(state, node) { state.renderContent(node); },
    hardBreak(state, node, parent, at) {
      for (let next = at + 1; next < parent.childCount; next += 1) {
        if (parent.child(next).type !== node.type) { state.write(node.attrs.soft ? "\n" : "\\\n"); return; }
      }
    },
    text(state, node, parent, at) {
      const linked = node.marks.find((mark) => mark.type.name === "link");
      if (linked && isBare(linked, parent, at)) { state.text(node.text, false); return; }
      const isFirst = state.atBlockStart || (at > 0 && parent.child(at - 1).type.name === "hardBreak");
      let told = state.esc(node.text, isFirst);
      if (linked) told = told.replace(/(?<!\\)[[\]]/g, "\\$&");
      state.text(told, false);
    },
  },
  {
    bold: { open: "**", close: "**", mixable: true, expelEnclosingWhitespace: true },
    italic: { open: "*", close: "*", mixable: true, expelEnclosingWhitespace: true },
    link: {
      open: (_, mark, parent, at) => (isBare(mark, parent, at) ? "<" : "["),
      close: (_, mark, parent, at) => (isBare(mark, parent, at - 1) ? ">" : `](${mark.attrs.href.replace(/[()]/g, "\\$&")})`),
    },
  },
);

/** The document as text. */
export function write(doc) {
  const state = new State(serializer.nodes, serializer.marks, { tightLists: true, hardBreakNodeName: "hardBreak" });
  state.renderContent(doc);
  return state.out;
}

// --- reading ---

const letters = (text) => text.replace(/[^\p{L}\p{N}]/gu, "");

/** The numbers of lists as the editor would count them, or false: it can count, and nothing else. */
function countsAlone(tokens) {
  const next = [];
  for (const token of tokens) {
    if (token.type === "ordered_list_open") next.push(Number(token.attrGet("start") ?? 1));
    else if (token.type === "ordered_list_close" || token.type === "bullet_list_close") next.pop();
    else if (token.type === "bullet_list_open") next.push(null);
    else if (token.type === "list_item_open" && next.at(-1) !== null) {
      if (token.info !== String(next.at(-1)) || token.markup !== ".") return false;
      next[next.length - 1] += 1;
    }
  }
  return true;
}

/** Whether emphasis stands in emphasis, or a link in a link: the editor knows one of each at a place. */
function isDoubled(children) {
  const open = new Set();
  return (children ?? []).some((token) => {
    const kind = token.type.replace(/_(open|close)$/, "");
    if (token.nesting > 0) { if (open.has(kind)) return true; open.add(kind); }
    if (token.nesting < 0) open.delete(kind);
    return false;
  });
}

/** The document of a text; null for one that the editor would not give back as it was. */
export function read(text) {
  let tokens;
  let doc;
  try {
    tokens = markdown.parse(text, {});
    if (!countsAlone(tokens)) return null;
    if (TYPED.test(text)) return null; // `core/text.py` takes a typed bullet for an item of a list
    if (tokens.some((token) => isDoubled(token.children))) return null;
    if (tokens.some((token) => token.children?.some((child) => child.attrGet("title")))) return null;
    doc = parser.parse(text);
    const told = tokens.flatMap((token) => token.children ?? []).map((child) => child.content).join("");
    if (letters(told) !== letters(doc.textContent)) return null;
    return parser.parse(write(doc)).eq(doc) ? doc : null;
  } catch {
    return null; // a table, or what else the editor does not know
  }
}
