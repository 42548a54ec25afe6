// A text field with a row of buttons above, for who has scripts. The field beneath keeps the text: it is what is sent,
// and it changes only when somebody writes.
import { Editor } from "@tiptap/core";
import { UndoRedo } from "@tiptap/extensions";
import { cleaned } from "./pasted.mjs";
import { extensions, read, write } from "./prose.mjs";

const words = document.documentElement.lang === "en"
  ? {
    tools: "Formatting", bold: "Bold", italic: "Italic", heading: "Heading", bullets: "Bullets", numbers: "Numbers",
    link: "Link", undo: "Undo", redo: "Redo", address: "The address of the link. Empty takes the link away.",
  }
  : {
    tools: "Formatering", bold: "Fed", italic: "Kursiv", heading: "Overskrift", bullets: "Punkter", numbers: "Numre",
    link: "Link", undo: "Fortryd", redo: "Gentag", address: "Linkets adresse. Tom fjerner linket.",
  };
const HEADING = 3; // below the headings of the page

const tools = [
  { name: "bold", sign: "F", does: (chain) => chain.toggleBold(), is: (editor) => editor.isActive("bold") },
  { name: "italic", sign: "K", does: (chain) => chain.toggleItalic(), is: (editor) => editor.isActive("italic") },
  {
    name: "heading", does: (chain) => chain.toggleHeading({ level: HEADING }), is: (editor) => editor.isActive("heading"),
  },
  { name: "bullets", does: (chain) => chain.toggleBulletList(), is: (editor) => editor.isActive("bulletList") },
  { name: "numbers", does: (chain) => chain.toggleOrderedList(), is: (editor) => editor.isActive("orderedList") },
  { name: "link", does: link, is: (editor) => editor.isActive("link") },
  { name: "undo", does: (chain) => chain.undo(), can: (editor) => editor.can().undo() },
  { name: "redo", does: (chain) => chain.redo(), can: (editor) => editor.can().redo() },
];

function link(chain, editor) {
  const before = editor.getAttributes("link").href ?? "https://";
  const address = window.prompt(words.address, before);
  if (address === null) return chain;
  const told = address.trim();
  if (!told || told === "https://") return chain.extendMarkRange("link").unsetLink();
  if (editor.state.selection.empty && !editor.isActive("link")) {
    return chain.insertContent({ type: "text", text: told, marks: [{ type: "link", attrs: { href: told } }] });
  }
  return chain.extendMarkRange("link").setLink({ href: told });
}

function toolbar(editor, label) {
  const bar = document.createElement("div");
  bar.className = "r-write-tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `${words.tools}, ${label}`);
  const buttons = tools.map((tool, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words[tool.name];
    button.dataset.tool = tool.name;
    button.tabIndex = at === 0 ? 0 : -1;
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays where it is
    button.addEventListener("click", () => tool.does(editor.chain().focus(), editor).run());
    return button;
  });
  bar.append(...buttons);
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  });
  const show = () => tools.forEach((tool, at) => {
    if (tool.is) buttons[at].setAttribute("aria-pressed", String(tool.is(editor)));
    if (tool.can) buttons[at].setAttribute("aria-disabled", String(!tool.can(editor)));
  });
  editor.on("transaction", show);
  show();
  return bar;
}

/** Put an editor in the place of a field: `more` are extensions beside the text's own, `options` those of the editor. */
export function put(field, more, options) {
  const hadFocus = document.activeElement === field;
  const label = field.labels[0];
  const frame = document.createElement("div");
  frame.className = "r-write";
  const place = document.createElement("div");
  frame.append(place);
  if (label && !label.id) label.id = `${field.id}-label`;
  const attributes = { role: "textbox", "aria-multiline": "true", class: "r-write-text", id: `${field.id}-text` };
  if (label) attributes["aria-labelledby"] = label.id;
  if (field.getAttribute("aria-describedby")) attributes["aria-describedby"] = field.getAttribute("aria-describedby");
  if (field.getAttribute("aria-invalid")) attributes["aria-invalid"] = "true";
  if (field.required) attributes["aria-required"] = "true";
  const editor = new Editor({
    element: place,
    extensions: [...extensions, ...more],
    injectCSS: false, // our own sheet has the rules, and the page allows no other
    enableInputRules: true,
    editorProps: { attributes, transformPastedHTML: cleaned },
    ...options,
  });
  editor.view.dom.style.minHeight = `${Math.max(2, field.rows) * 1.5}em`;
  frame.prepend(toolbar(editor, label?.firstChild?.textContent.trim() ?? ""));
  label?.addEventListener("click", (event) => { event.preventDefault(); editor.commands.focus(); });
  field.required = false; // an empty one is told by the server; a browser cannot lead to a field that is hidden
  field.hidden = true;
  field.after(frame);
  if (hadFocus) { // somebody began to write before the editor was here; a frame later the key after would be lost
    editor.commands.setTextSelection(editor.state.doc.content.size);
    editor.view.focus();
  }
  return editor;
}

/** The editor of one who writes alone. */
export function dressOne(field) {
  const doc = read(field.value.replace(/\r\n?/g, "\n"));
  if (!doc) return; // the plain field keeps what the editor would not
  put(field, [UndoRedo], {
    content: doc.toJSON(),
    onUpdate: ({ editor: changed }) => {
      field.value = write(changed.state.doc);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
}

/** Dress each field of prose on the page. */
export function dress() {
  document.querySelectorAll("textarea[data-prose]:not([hidden])").forEach(dressOne);
}
