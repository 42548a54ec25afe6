// The paragraphs of the item at hand: each keystroke is kept at once; what others wrote comes in between, and nothing that
// is being written is touched.

import { root } from "./clock.mjs";
import { heldText, keep, newKey, taken, textKey, things } from "./queue.mjs";
import { words } from "./words.mjs";

export const list = () => root.querySelector("[data-entries]");
const forms = () => [...list().querySelectorAll("form[data-entry]")];
const formOf = (entry) => forms().find((form) => form.dataset.entry === entry);
const isNew = (form) => form.elements.version.value === "0" && !heldText(form.dataset.entry);
const isBlank = (form) => isNew(form) && !form.elements.text.value.trim();

export function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function fieldsOf(form) {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
}

/** An empty paragraph of that kind, under an id of its own. */
export function blank(kind, id = newKey()) {
  const form = root.querySelector(`template[data-kind="${kind}"]`).content.querySelector("form").cloneNode(true);
  const none = form.dataset.entry;
  form.dataset.entry = id;
  form.elements.id.value = id;
  for (const name of ["id", "for", "formaction"]) {
    for (const one of form.querySelectorAll(`[${name}]`)) one.setAttribute(name, one.getAttribute(name).replace(none, id));
  }
  return form;
}

/** An empty paragraph stands last, ready to be written in, and nowhere else. */
export function ready() {
  const last = forms().at(-1);
  for (const form of forms()) if (form !== last && isBlank(form) && form.elements.kind.value === "text" && !form.contains(document.activeElement)) form.remove();
  if (!last || !isBlank(last) || last.elements.kind.value !== "text") list().append(blank("text"));
}

function dress(form) {
  form.querySelector("[data-by-hand]").hidden = true;
  form.querySelector(".r-out").hidden = isNew(form);
  grow(form.elements.text);
}

/** Keep what stands in the form. */
export function keepText(form) {
  keep({
    key: textKey(form.dataset.entry), kind: "text", action: form.action, fields: fieldsOf(form),
    item: root.dataset.item, number: root.dataset.number,
  });
  form.querySelector(".r-out").hidden = false;
}

/** What waits, or came in after the page was fetched, stands where it was written. */
function put(told) {
  let form = formOf(told.fields.id);
  if (!form) {
    form = blank(told.fields.kind, told.fields.id);
    const open = forms().find(isBlank);
    if (open) open.before(form);
    else list().append(form);
  }
  for (const [name, value] of Object.entries(told.fields)) {
    const field = form.elements[name];
    if (field && field.value !== value && !(name === "text" && field === document.activeElement)) field.value = value;
  }
  if (told.version) form.elements.version.value = told.version;
}

/**
 * Show the paragraphs of a page that was fetched at `since`. `isOther`: the page of another item takes the place of
 * this one.
 */
export function show(page, since, isOther) {
  const fresh = page.querySelector("[data-entries]");
  const own = taken.filter((one) => one.kind === "text" && one.at > since).map((one) => one.fields.id);
  const gone = new Set([...things(), ...taken.filter((one) => one.at > since)].filter((one) => one.kind === "remove" && !one.refused).map((one) => one.entry));
  if (isOther) {
    list().replaceChildren();
    list().dataset.entries = fresh.dataset.entries;
  }
  const known = new Set();
  for (const one of fresh.querySelectorAll("form[data-entry]")) {
    const id = one.dataset.entry;
    if (one.elements.version.value === "0" || gone.has(id)) continue;
    known.add(id);
    const mine = formOf(id);
    if (!mine) {
      const open = forms().find(isNew);
      if (open) open.before(one.cloneNode(true));
      else list().append(one.cloneNode(true));
    } else if (!heldText(id) && !own.includes(id)) {
      const hasBeside = (form) => form.querySelectorAll(".r-beside").length;
      const isSame = mine.elements.text.value === one.elements.text.value && hasBeside(mine) === hasBeside(one);
      if (isSame) mine.elements.version.value = one.elements.version.value;
      else if (!mine.contains(document.activeElement)) mine.replaceWith(one.cloneNode(true));
    }
  }
  for (const form of forms()) {
    const id = form.dataset.entry;
    const isKept = known.has(id) || own.includes(id) || heldText(id) || isNew(form);
    if ((!isKept || gone.has(id)) && !form.contains(document.activeElement)) form.remove();
  }
  const here = new URL(list().dataset.entries, location.href).href;
  for (const one of taken) if (one.at > since && one.kind === "text" && !one.isBeside && one.action === here && !gone.has(one.fields.id) && !heldText(one.fields.id)) put(one);
  for (const one of things()) if (one.kind === "text" && one.action === here) put(one);
  ready();
  for (const form of forms()) dress(form);
}

/** The server has taken a paragraph in. */
export function saved(thing, told) {
  const form = formOf(thing.fields.id);
  if (!form) return;
  form.elements.version.value = told.version;
  if (told.is_beside) beside(form, told.text);
}

function beside(form, text) {
  const note = document.createElement("div");
  note.className = "r-note-wait r-beside";
  note.setAttribute("role", "status");
  const told = document.createElement("div");
  const head = document.createElement("p");
  head.textContent = words.theirs;
  const theirs = document.createElement("p");
  theirs.textContent = text;
  told.append(head, theirs);
  note.append(told);
  form.querySelector("textarea").after(note);
}

/** A building block before that paragraph, else where the empty one is; a question brings its answer. */
export function insert(kind, before) {
  const place = before ?? forms().filter(isBlank).at(-1) ?? null;
  const block = blank(kind);
  list().insertBefore(block, place);
  dress(block);
  if (kind === "question") {
    const answer = blank("answer");
    list().insertBefore(answer, place);
    dress(answer);
  }
  ready();
  block.elements.text.focus();
}

/** The paragraph after this one. */
export function next(form) {
  ready();
  const after = forms()[forms().indexOf(form) + 1] ?? forms().at(-1);
  dress(after);
  after.elements.text.focus();
}
