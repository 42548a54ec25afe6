// A field of prose in which several people write at once. Where no line can be had, or the text is one for the plain
// field, it is the field of one who writes alone, and its words go with the form.
import { Extension } from "@tiptap/core";
import { Collaboration } from "@tiptap/extension-collaboration";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import { dressOne, put } from "./editor.mjs";
import { Line } from "./together/line.mjs";

const words = document.documentElement.lang === "en"
  ? {
    hint: "The text is saved while you write. The button below saves the heading and the rest.",
    others: "Also writing here:", saved: "Saved", here: "Kept here –", waits: "waiting",
    lost: "No connection – everything is kept here", full: "The device is full: do not close the page until everything is sent.",
    login: "You are logged out. What you wrote is kept here, and is sent once you have logged in and opened the page again.",
    gone: "You may not write here any more. What you see stays on this page: copy what you want to keep.",
    closed: "The product has been approved. Nothing more is written here.",
    plain: "The text has got something that only the plain field can show, such as a table. Open the page again to go on.",
  }
  : {
    hint: "Teksten gemmes, mens I skriver. Knappen nederst gemmer overskriften og resten.",
    others: "Her skriver også:", saved: "Gemt", here: "Gemmes her –", waits: "venter",
    lost: "Ingen forbindelse – alt gemmes her", full: "Enheden er fuld: luk ikke siden, før alt er sendt.",
    login: "Du er logget ud. Det, du har skrevet, er gemt her og bliver sendt, når du har logget ind og åbnet siden igen.",
    gone: "Du kan ikke skrive her mere. Det, du ser, bliver stående på siden: kopiér det, du vil beholde.",
    closed: "Produktet er godkendt. Her skrives ikke mere.",
    plain: "Teksten har fået noget, som kun det almindelige felt kan vise, fx en tabel. Åbn siden igen for at fortsætte.",
  };
const PATIENCE = 5000; // milliseconds until the field is for one alone

// Whose caret it is, stands beside it; whoever hears the page is told it by the list.
function caret({ name }) {
  const mark = document.createElement("span");
  mark.className = "r-caret";
  mark.setAttribute("aria-hidden", "true");
  const told = document.createElement("span");
  told.className = "r-caret-name";
  told.textContent = name;
  mark.append(told);
  return mark;
}
const chosen = () => ({ nodeName: "span", class: "r-caret-range" });
const Carets = (awareness) => Extension.create({
  name: "carets",
  addProseMirrorPlugins: () => [yCursorPlugin(awareness, { cursorBuilder: caret, selectionBuilder: chosen })],
});

function say(place, text) { if (place.textContent !== text) place.textContent = text; }

function status(line) {
  if (line.ends) return words[line.ends];
  if (line.isFull) return words.full;
  if (line.waits) return `${words.here} ${line.waits} ${words.waits}`;
  if (!line.isOpen) return words.lost;
  return line.savedAt ? `${words.saved} ${line.savedAt.toLocaleTimeString("da-DK")}` : "";
}

function join(field) {
  const head = document.createElement("div");
  head.className = "r-together";
  const [others, saved] = ["p", "p"].map((name) => document.createElement(name));
  others.setAttribute("aria-live", "polite");
  saved.setAttribute("role", "status");
  saved.dataset.together = "saved";
  others.dataset.together = "others";
  let editor = null;
  let alone = setTimeout(giveUp, PATIENCE);
  const line = new Line(new URL(field.dataset.together, location.href).href, field.dataset.key, show);
  line.awareness.setLocalStateField("user", {}); // the server knows the name

  function giveUp() {
    clearTimeout(alone);
    alone = 0;
    line.leave();
    dressOne(field);
  }

  function show() {
    if (alone && line.ends) giveUp();
    if (alone && line.isInSync) begin();
    if (!editor) return;
    if (line.ends && editor.isEditable) editor.setEditable(false);
    say(saved, status(line));
    const names = [...line.awareness.getStates()].filter(([one]) => one !== line.doc.clientID).map(([, state]) => state.user?.name);
    const told = [...new Set(names.filter(Boolean))].sort((one, other) => one.localeCompare(other, "da"));
    say(others, told.length ? `${words.others} ${told.join(", ")}` : "");
  }

  function begin() {
    clearTimeout(alone);
    alone = 0;
    field.removeAttribute("name"); // the form has nothing to do with it
    editor = put(field, [Collaboration.configure({ document: line.doc, field: "text" }), Carets(line.awareness)], {});
    editor.view.dom.addEventListener("input", (event) => event.stopPropagation()); // nothing that the form would keep
    const hint = document.createElement("p");
    hint.textContent = words.hint;
    head.append(hint, others, saved);
    field.before(head);
  }
  show();
}

/** Dress each field of prose on the page. */
export function dress() {
  document.querySelectorAll("textarea[data-prose]:not([hidden])").forEach((field) => {
    // What was put back from this device was written alone: it goes with the form, and meets what others saved.
    if (field.dataset.together && field.value === field.defaultValue) join(field);
    else dressOne(field);
  });
}
