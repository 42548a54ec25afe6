// The pages of the room's items, fetched beforehand and kept in memory alone: closed papers do not lie on the device. One
// takes the place of the other without a line; each is fetched again when something has changed.

import { hear, root } from "./clock.mjs";
import { isLineThere } from "./contact.mjs";
import { show as showParagraphs } from "./paragraphs.mjs";
import { setToken, taken, things, waiting } from "./queue.mjs";
import { settle } from "./settle.mjs";

const SOON = 300; // milliseconds after a change
const SELDOM = 15_000; // between two rounds for the items that are not shown
const PATIENCE = 8000;

const memory = new Map(); // by address: the page's text, its title, and when it was asked for
const drafts = new Map(); // what was typed into a form and left, by address and field
const shown = new WeakMap(); // what a part of the page showed last
let here = location.pathname;
let drawn = () => {};

export const onDrawn = (listener) => { drawn = listener; };
export const isRoom = (address) => new RegExp(`/${root.dataset.room}/punkt/[0-9a-f-]{36}/$`).test(new URL(address, location.href).pathname);
const pathOf = (address) => new URL(address, location.href).pathname;

/** The address of the item's page that a write goes to; of the page that is shown, where it goes to the meeting. */
export const pageOf = (action) => pathOf(action).match(/^.*\/punkt\/[0-9a-f-]{36}\//)?.[0] ?? here;

function remember(path, page, title, since) {
  const token = page.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (token) setToken(token);
  const copy = page.cloneNode(true); // keys of forms differ each time, and the script gives its own
  const roots = [copy, ...[...copy.querySelectorAll("template")].map((one) => one.content)];
  for (const one of roots) for (const field of one.querySelectorAll("input[name=csrfmiddlewaretoken], input[name=once]")) field.remove();
  memory.set(path, { html: copy.outerHTML, title, since });
}

/**
 * Fetch a page. "me": it is in memory now; "out" nobody is logged in, "other" somebody else, "level" more weakly than
 * the item asks for; "gone" it is not to be had; another address where the meeting has moved on. Raises without a line.
 */
export async function load(path) {
  const since = performance.now();
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(path, { signal: stop.signal });
    hear(answer);
    const at = pathOf(answer.url);
    if (at.startsWith(root.dataset.login)) return "out";
    if (answer.status === 403) return "level";
    if (answer.status === 404) return "gone";
    if (!answer.ok) throw new Error(answer.status);
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    const page = whole.querySelector("[data-room]");
    if (!page) return answer.url;
    if (page.dataset.user !== root.dataset.user) return "other";
    remember(at, page, whole.title, since);
    return "me";
  } finally {
    clearTimeout(late);
  }
}

/** Who is logged in, as that page sees it. */
export async function knock(address) {
  const told = await load(pageOf(address));
  if (told === "gone") return "other"; // it is not there for whoever is logged in
  return ["out", "other", "level"].includes(told) ? told : "me";
}

// --- showing ---

/** What somebody has changed in a part of the page and not sent yet. */
const dirty = (part) => [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((one) => {
  if (one.type === "radio" || one.type === "checkbox") return one.checked !== one.defaultChecked;
  if (one.tagName === "SELECT") return one.selectedIndex !== Math.max(0, [...one.options].findIndex((option) => option.defaultSelected));
  return one.value !== one.defaultValue;
});

function keyOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const form = element.closest("form");
  const name = element.tagName.toLowerCase();
  if (element.dataset.do) return `${name}[data-do="${element.dataset.do}"]`;
  if (form?.dataset.person && form.dataset.act === "happen") return `form[data-act=happen][data-person="${form.dataset.person}"] summary`;
  return form ? `form[action="${form.getAttribute("action")}"] ${name}` : "";
}

function renew(part, fresh, isOther) {
  const html = fresh.innerHTML;
  part.hidden = fresh.hidden;
  if (!isOther && (shown.get(part) === html || dirty(part).length)) return;
  const focus = part.contains(document.activeElement) ? keyOf(document.activeElement) : "";
  const open = new Set(isOther ? [] : [...part.querySelectorAll("details[open]")].map((one) => one.querySelector("summary").textContent));
  for (const attribute of fresh.attributes) part.setAttribute(attribute.name, attribute.value);
  part.replaceChildren(...[...fresh.childNodes].map((one) => document.importNode(one, true)));
  for (const one of part.querySelectorAll("details")) one.open = open.has(one.querySelector("summary").textContent);
  shown.set(part, html);
  if (focus) [...part.querySelectorAll(focus)].find((one) => !one.closest("[hidden]"))?.focus({ preventScroll: true });
}

/** Show the page of `here` from memory, with what waits; never between the two halves of a click. */
export function draw() {
  const page = memory.get(here);
  isLate = isPressed;
  if (!page || isPressed) return;
  const fresh = new DOMParser().parseFromString(page.html, "text/html").querySelector("[data-room]");
  settle(fresh, waiting(), taken.filter((one) => one.at > page.since), isLineThere());
  const isOther = fresh.dataset.item !== root.dataset.item;
  if (isOther) putAside();
  for (const name of ["item", "number", "hand"]) root.dataset[name] = fresh.dataset[name];
  root.toggleAttribute("data-reading", "reading" in fresh.dataset);
  for (const one of fresh.querySelectorAll("[data-scripted]")) one.hidden = false;
  for (const part of root.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (other) renew(part, other, isOther);
  }
  showParagraphs(fresh, page.since, isOther);
  if (isOther) takeOut();
  document.title = page.title;
  drawn(isOther);
}

let isPressed = false;
let isLate = false;
document.addEventListener("pointerdown", () => { isPressed = true; });
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => { isPressed = false; if (isLate) draw(); }));
}

let asideOf = here;

function putAside() {
  const left = new Map();
  for (const part of root.querySelectorAll("[data-part]")) {
    for (const field of dirty(part)) if (field.id && field.type !== "radio") left.set(field.id, field.type === "checkbox" ? field.checked : field.value);
  }
  drafts.set(asideOf, left);
}

function takeOut() {
  asideOf = here;
  for (const [id, value] of drafts.get(here) ?? []) {
    const field = document.getElementById(id);
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
    for (let above = field.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
  }
}

/** Go to the page of an item; false where it is not to be had now. */
export async function goTo(address, { isBack = false } = {}) {
  const path = pathOf(address);
  const isOther = path !== here;
  if (!memory.has(path)) {
    const told = await load(path).catch(() => "gone");
    if (told === "gone") return false;
    if (told !== "me") { location.assign(path); return true; }
  }
  here = path;
  if (isOther && !isBack) history.pushState(null, "", path);
  draw();
  if (isOther) {
    scrollTo(0, 0);
    document.getElementById("punkt").focus({ preventScroll: true });
    renewSoon();
  }
  return true;
}

// --- fetching again ---

let soon = 0;
let roundAt = -Infinity;
let later = 0;

/** Something has changed: fetch the page that is shown again, and the others after a while. */
export function renewSoon() {
  if (!soon) soon = setTimeout(() => { soon = 0; renewNow().catch(() => {}); }, SOON);
}

async function renewNow() {
  if (!isLineThere()) return;
  const path = here;
  const told = await load(path);
  if (told.startsWith("http")) { if (!things().length) location.assign(told); return; } // what was not saved stays to be seen
  if (path === here) draw();
  clearTimeout(later);
  later = setTimeout(() => fetchOthers().catch(() => {}), Math.max(0, roundAt + SELDOM - performance.now()));
}

/** Fetch the pages of the other items into memory, one after the other. */
export async function fetchOthers() {
  roundAt = performance.now();
  for (const link of root.querySelectorAll("a.r-go")) {
    if (!isLineThere()) return;
    const path = pathOf(link.href);
    if (path !== here) await load(path);
  }
}

/** The page as it came is the first in memory. */
export function start() {
  remember(here, root, document.title, performance.now());
  for (const part of root.querySelectorAll("[data-part]")) shown.set(part, "");
  window.addEventListener("popstate", () => {
    if (isRoom(location.href)) goTo(location.href, { isBack: true }).then((isThere) => { if (!isThere) location.reload(); });
    else location.reload();
  });
  root.addEventListener("focusout", () => setTimeout(draw));
  draw();
}
