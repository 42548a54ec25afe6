// A page of the room as it will be once the server has taken in what waits: what was pressed shows at once, marked as
// waiting until it is there.

import { words } from "./words.mjs";

const note = (text) => {
  const small = document.createElement("small");
  small.className = "r-awaits";
  small.textContent = text;
  return small;
};

const all = (page, selector) => [...page.querySelectorAll(selector)];
const lineOf = (page, item) => page.querySelector(`[data-line="${item}"]`);
const personOf = (page, person) => page.querySelector(`form[data-person="${person}"][data-act="happen"]`);

/** What each kind of press does to a page. `isWaiting`: the server does not have it yet. */
const settles = {
  begin(page, act) { page.dataset.hand = act.of; },

  reading(page) { page.dataset.reading = ""; },

  outcome(page, act, isWaiting) {
    mark(lineOf(page, act.item), "[data-done]", true, isWaiting);
    if (page.dataset.item !== act.item) return;
    for (const radio of all(page, "[name=outcome]")) radio.toggleAttribute("checked", radio.value === act.fields.outcome);
    for (const select of all(page, "[data-act=outcome] select")) {
      for (const option of select.options) option.toggleAttribute("selected", option.value === act.fields[select.name]);
    }
    const lacks = page.querySelector("[data-lacks]");
    lacks.hidden = true;
    if (isWaiting) lacks.after(note(words.awaits));
  },

  tick(page, act, isWaiting) {
    const isRead = act.fields.is_read !== "no";
    mark(lineOf(page, act.item), "[data-read]", isRead, isWaiting);
    if (page.dataset.item !== act.item) return;
    page.querySelector("[data-unread]").hidden = isRead;
    page.querySelector("[data-is-read]").hidden = !isRead;
  },

  happen(page, act, isWaiting) {
    const kind = act.fields.kind;
    const row = personOf(page, act.fields.person);
    if (!row) return;
    if (kind === "arrived" || kind === "left") set(page, row, kind === "arrived", `${words.did[kind]} ${act.fields.clock}`);
    else if (act.fields.item === page.dataset.item) bar(row, kind === "barred");
    if (isWaiting) row.querySelector("[data-note]").append(" ", note(words.awaits));
  },

  undo(page, act, isWaiting) {
    const line = page.querySelector(`[data-happened="${act.happened}"]`);
    if (!line) return;
    line.classList.add("is-undone");
    if (isWaiting) line.querySelector(".r-name").append(" ", note(words.awaits));
    line.querySelector("form").hidden = true;
    const row = personOf(page, act.person);
    if (row && (act.what === "arrived" || act.what === "left")) set(page, row, act.what === "left", "");
  },

  hands(page, act, isWaiting) {
    if (page.dataset.item !== act.item) return;
    const entry = document.createElement("div");
    entry.className = "r-entry";
    for (const text of [act.fields.question, Object.entries(words.answers).map(([name, word]) => `${act.fields[name]} ${word}`).join(", ")]) {
      const line = document.createElement("p");
      line.textContent = text;
      entry.append(line);
    }
    entry.lastElementChild.className = "r-told-count";
    if (isWaiting) entry.lastElementChild.append(" ", note(words.awaits));
    entry.firstElementChild.before(Object.assign(document.createElement("p"), { className: "r-kind", textContent: act.label }));
    page.querySelector("[data-ballots]").append(entry);
  },

  remove(page, act) { page.querySelector(`[data-entry="${act.entry}"]`)?.remove(); },
};

/** The tick of a line of the agenda; the line says that it waits. */
function mark(line, selector, is, isWaiting) {
  if (!line) return;
  line.querySelector(selector).hidden = !is;
  if (isWaiting && !line.querySelector(".r-awaits")) line.querySelector("[data-at-hand]").after(" ", note(words.awaits));
}

function set(page, row, isIn, text) {
  const tick = row.querySelector("[data-in]");
  const change = Number(isIn) - Number(!tick.hidden);
  tick.hidden = !isIn;
  row.querySelector("[data-note]").textContent = text;
  const button = row.querySelector("[data-comes]");
  button.value = isIn ? "left" : "arrived";
  button.textContent = isIn ? button.dataset.goes : button.dataset.comes;
  row.querySelector("[data-bar]").hidden = !isIn;
  const count = page.querySelector('[data-part="count"]');
  count.textContent = count.textContent.replace(/\d+/, (number) => Number(number) + change);
}

function bar(row, isBarred) {
  const button = row.querySelector("[data-bar]");
  button.value = isBarred ? "unbarred" : "barred";
  button.textContent = isBarred ? button.dataset.unbar : button.dataset.bar;
  row.querySelector("[data-note]").textContent = isBarred ? words.barredHere : "";
}

/** Let the page show what waits, and what the server took in after the page was fetched. */
export function settle(page, waiting, taken, isLineThere) {
  for (const act of taken) settles[act.kind]?.(page, act, false);
  for (const act of waiting) settles[act.kind]?.(page, act, true);
  const { item, hand } = page.dataset;
  const isReading = "reading" in page.dataset;
  const shown = { meeting: !isReading, reading: isReading, here: !isReading && hand === item, elsewhere: !isReading && hand !== item };
  for (const one of all(page, "[data-when]")) one.hidden = !shown[one.dataset.when];
  for (const one of all(page, "[data-line]")) one.querySelector("[data-at-hand]").hidden = isReading || one.dataset.line !== hand;
  if (isReading) for (const one of all(page, "[data-done]")) one.hidden = true;
  else for (const one of all(page, "[data-read]")) one.hidden = true;
  if (!isLineThere) endLater(page);
}

/** What is missing, only the server knows: the meeting ends when everything is there. */
function endLater(page) {
  const part = page.querySelector('[data-part="adjourning"]');
  part.querySelector("[data-missing]")?.remove();
  const told = document.createElement("p");
  told.className = "r-meta";
  told.textContent = words.adjournLater;
  part.prepend(told);
  part.querySelector("button").disabled = true;
}
