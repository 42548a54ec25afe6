// The keys of the room. Each does what a button or link on the page does, each can be changed or switched off, and none is
// a letter alone (WCAG 2.1.4).

import { root } from "./clock.mjs";
import { words } from "./words.mjs";

const STANDARD = {
  next: "F2", previous: "Shift+F2", outcome: "F4", attendance: "F8", commands: "Control+k", confirm: "Control+Enter", blocks: "/",
};
const FIXED = ["blocks"]; // what is typed into an empty paragraph is no shortcut
const kept = `keys:${root.dataset.user}`;
const given = (() => { try { return JSON.parse(localStorage.getItem(kept)) ?? {}; } catch { return {}; } })();
let map = { ...STANDARD, ...given.map };
let isOn = !given.isOff;

export const areOn = () => isOn;
export const keyOf = (name) => (isOn && map[name] ? named(map[name]) : "");

/** "Control+k", as the browser tells it; Cmd counts as Ctrl. */
function pressed(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [(event.ctrlKey || event.metaKey) && "Control", event.altKey && "Alt", event.shiftKey && "Shift"].filter(Boolean);
  return [...parts, key].join("+");
}

/** "Ctrl+K", as it stands on keyboards. */
function named(keys) {
  return keys.split("+").map((one) => ({ Control: "Ctrl", Shift: words.shift }[one] ?? (one.length === 1 ? one.toUpperCase() : one))).join("+");
}

/** Which of the room's keys this is, if any. */
export function meant(event) {
  if (!isOn || event.isComposing) return "";
  const keys = pressed(event);
  return Object.keys(map).find((name) => !FIXED.includes(name) && map[name] === keys) ?? "";
}

/** Every button shows its key; where keys are off, none. */
export function dress() {
  for (const one of root.querySelectorAll("[data-kbd]")) {
    one.textContent = keyOf(one.dataset.kbd);
    one.hidden = !isOn;
  }
  for (const one of root.querySelectorAll("[data-digit]")) one.hidden = !isOn;
  for (const one of root.querySelectorAll("[data-do]")) {
    if (isOn && map[one.dataset.do]) one.setAttribute("aria-keyshortcuts", map[one.dataset.do]);
    else one.removeAttribute("aria-keyshortcuts");
  }
}

// --- the dialog ---

const dialog = root.querySelector("[data-keys]");
const said = dialog.querySelector("[data-key-said]");
const list = dialog.querySelector("[data-key-list]");
const onBox = dialog.querySelector("[data-keys-on]");
let changing = "";

function store() {
  localStorage.setItem(kept, JSON.stringify({ map, isOff: !isOn }));
  dress();
  draw();
}

function draw() {
  onBox.checked = isOn;
  list.replaceChildren(...Object.keys(STANDARD).map((name) => {
    const line = document.createElement("li");
    line.className = "r-key";
    const what = document.createElement("span");
    what.textContent = words.keys[name];
    const key = document.createElement(FIXED.includes(name) ? "kbd" : "button");
    key.textContent = named(map[name]);
    if (key.tagName === "BUTTON") {
      Object.assign(key, { type: "button", className: "button button-secondary", disabled: !isOn });
      key.setAttribute("aria-label", `${words.change} ${words.keys[name]}: ${named(map[name])}`);
      key.addEventListener("click", () => { changing = name; said.textContent = words.pressNow; });
      key.dataset.change = name;
    } else {
      key.className = "r-kbd";
    }
    line.append(what, key);
    return line;
  }));
}

dialog.addEventListener("keydown", (event) => {
  if (!changing) return;
  event.preventDefault();
  event.stopPropagation();
  if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
  const name = changing;
  changing = "";
  said.textContent = "";
  if (event.key === "Escape") return;
  const keys = pressed(event);
  const other = Object.keys(map).find((one) => one !== name && map[one] === keys);
  const isAlone = !/^(Control|Alt)\+/.test(keys) && !/^(Shift\+)?F\d+$/.test(keys);
  if (isAlone) said.textContent = words.needsMore;
  else if (other) said.textContent = words.taken(words.keys[other]);
  else { map[name] = keys; store(); said.textContent = words.isSet(words.keys[name], named(keys)); }
  list.querySelector(`[data-change="${name}"]`).focus();
});
onBox.addEventListener("change", () => { isOn = onBox.checked; store(); });
dialog.querySelector("[data-keys-reset]").addEventListener("click", () => { map = { ...STANDARD }; isOn = true; said.textContent = ""; store(); });
dialog.addEventListener("close", () => { changing = ""; said.textContent = ""; });

/** Show the keys, to look at or to change. */
export function open() {
  draw();
  dialog.showModal();
}
