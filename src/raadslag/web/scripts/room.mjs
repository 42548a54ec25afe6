// The secretary's room. What is typed and pressed shows at once, stays on the device until the server has it, and goes in
// its order, also after an hour without a line. The top line always says how it stands.

import * as attendance from "./room/attendance.mjs";
import { clock, root } from "./room/clock.mjs";
import * as commands from "./room/commands.mjs";
import * as contact from "./room/contact.mjs";
import * as keys from "./room/keys.mjs";
import * as pages from "./room/pages.mjs";
import * as paragraphs from "./room/paragraphs.mjs";
import * as queue from "./room/queue.mjs";
import { words } from "./room/words.mjs";

const status = root.querySelector("[data-room-saved]");
const showButton = root.querySelector("[data-show-waiting]");
const waitingList = root.querySelector("[data-waiting]");
const first = status.textContent;

// --- the top line, and the list of what waits ---

let passing = ""; // a sentence about what was just tried, until something else is done

function tell() {
  const things = queue.things();
  const refused = things.filter((one) => one.refused);
  const count = things.length - refused.length;
  const here = count ? `${words.here} ${count} ${words.waits}` : "";
  let text = first;
  if (!contact.isLineThere()) text = count ? `${words.lost} ${here}` : words.lostAll;
  else if (count) text = here;
  else if (queue.savedAt) text = `${words.saved} ${queue.savedAt}`;
  if (queue.isFull()) text += ` ${words.full}`;
  if (refused.length) text += ` · ${words.refused(refused.length)}`;
  if (passing) text = `${passing} ${count || !contact.isLineThere() ? text : ""}`;
  if (status.textContent !== text.trim()) status.textContent = text.trim();
  status.classList.toggle("is-waiting", !contact.isLineThere() || refused.length > 0);
  const isLong = count > 0 && (!contact.isLineThere() || !contact.isMe());
  showButton.hidden = !isLong && !refused.length && waitingList.hidden;
  if (!things.length) showList(false);
  if (!waitingList.hidden) drawList(things);
}

function say(text) {
  passing = text;
  tell();
}

function showList(is) {
  waitingList.hidden = !is;
  showButton.setAttribute("aria-expanded", String(is));
  if (!is && !queue.things().length) showButton.hidden = true;
}

function made(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

function button(text, about, act) {
  const one = made("button", text, { type: "button", className: "r-linkbutton" });
  one.append(made("span", ` ${about}`, { className: "sr-only" }));
  one.addEventListener("click", act);
  return one;
}

function lineOf(thing) {
  const about = words.says[thing.kind](thing);
  const isWhole = thing.refused && thing.kind === "text"; // a text that was refused is there to be copied
  const line = document.createElement("li");
  const tools = document.createElement("span");
  line.classList.toggle("is-refused", Boolean(thing.refused));
  if (thing.refused) tools.append(button(words.again, about, () => queue.retry(thing.key)), button(words.away, about, () => queue.drop(thing.key)));
  else if (thing.kind !== "text" && !thing.isTried) tools.append(button(words.undo, about, () => queue.drop(thing.key)));
  line.append(
    made("span", isWhole ? `${words.textTo(thing)} ${thing.fields.text}` : about),
    made("small", thing.refused ? thing.refused.join(" ") : words.awaits), tools,
  );
  return line;
}

function drawList(things) {
  const list = waitingList.querySelector("ul");
  const now = JSON.stringify(things);
  if (list.dataset.shows !== now) list.replaceChildren(...things.map(lineOf)); // else the button that has the focus goes
  list.dataset.shows = now;
}

showButton.addEventListener("click", () => { showList(waitingList.hidden); tell(); });

queue.onChange((thing, told) => {
  if (told?.refused) showList(true);
  if (told && thing.kind === "text" && !told.refused) paragraphs.saved(thing, told);
  if (!thing || thing.kind !== "text") pages.draw();
  if (told && !told.refused) { passing = ""; if (thing.kind !== "text") pages.renewSoon(); }
  tell();
});

// --- what is pressed ---

/** What a form says when it is sent by that button. */
function fieldsOf(form, by) {
  const fields = Object.fromEntries([...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "once"].includes(name)));
  if (by?.name) fields[by.name] = by.value;
  return { ...fields, once: queue.newKey() };
}

const legend = (form) => form.querySelector("[name=outcome]:checked")?.nextElementSibling.lastChild.textContent.trim();

/** What each kind of press says beside its fields. */
const about = {
  begin: (form) => ({ of: form.dataset.of, number: form.dataset.number }),
  outcome: (form) => ({ label: legend(form) }),
  happen: (form) => ({ name: form.dataset.name }),
  undo: (form) => ({ happened: form.dataset.number, name: form.dataset.name, person: form.dataset.person, what: form.dataset.kind }),
  hands: (form) => ({ label: form.querySelector("[name=way]:checked").nextElementSibling.textContent }),
  remove: (form) => ({ entry: form.dataset.entry }),
};

/** Keep what a form says and show it at once. */
function press(form, by) {
  const kind = by?.dataset.act ?? form.dataset.act;
  if (kind === "outcome" && !legend(form)) return;
  const fields = fieldsOf(form, by);
  if (kind === "happen" || kind === "begin") fields.clock = fields.clock?.trim().replace(/^(\d?\d)[.:]?(\d\d)$/, "$1.$2") || clock();
  const action = by?.hasAttribute("formaction") ? by.formAction : form.action;
  const to = form.dataset.to;
  const thing = { key: queue.actKey(fields.once), kind, action, fields, item: root.dataset.item, number: root.dataset.number, ...about[kind]?.(form) };
  form.reset();
  const menu = form.querySelector("details[open]") ?? (kind === "hands" && form.closest("details"));
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  say("");
  queue.keep(thing);
  if (to && !(kind === "tick" && fields.is_read === "no")) leadTo(to);
  if (kind === "remove") {
    document.getElementById("referat").focus({ preventScroll: true });
    pages.draw();
  }
}

async function leadTo(address) {
  if (!await pages.goTo(address)) say(words.notHere);
}

/** What only the server can do: everything that waits goes first. */
async function askServer(form, by) {
  await queue.go();
  if (form.matches("[data-adjourn]") && queue.things().some((one) => one.refused)) { showList(true); say(words.lookFirst); return; }
  if (!contact.isLineThere() || queue.waiting().length) { say(words.needsLine); return; }
  try {
    const answer = await queue.post(form.action, fieldsOf(form, by));
    const told = await answer.json();
    if (told.refused) { say(told.refused.join(" ")); return; }
    form.reset();
    const fold = form.closest("details");
    if (fold) fold.open = false;
    if (pages.isRoom(told.to)) { say(""); pages.renewSoon(); } else { location.assign(told.to); }
  } catch {
    say(words.needsLine);
    contact.ask().catch(() => {});
  }
}

const isCounted = (form) => ["hands", "paper"].includes(form.elements.way.value) && (form.elements.for.value || form.elements.against.value);

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.matches("[data-find]")) return;
  event.preventDefault();
  const by = event.submitter;
  if (form.matches("[data-entry]")) {
    if (by?.dataset.act) press(form, by);
    else queue.go();
  } else if (form.dataset.act === "hands" && !isCounted(form)) {
    if (contact.isLineThere()) askServer(form, by);
    else say(["names", "groups"].includes(form.elements.way.value) ? words.needsLine : words.needsNumbers);
  } else if (form.dataset.act) {
    press(form, by ?? form.querySelector("button[name]:not([hidden])"));
  } else {
    askServer(form, by);
  }
});

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const tool = event.target.closest("button[data-do]");
  if (tool?.dataset.do === "commands") commands.open();
  if (tool?.dataset.do === "keys") keys.open();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  const lead = link.dataset.block ? () => choose(link.dataset.block)
    : link.dataset.unfolds ? () => unfold(link.dataset.unfolds)
    : link.closest("[data-tabs]") ? () => turn(link)
      : pages.isRoom(link.href) && !link.search ? () => leadTo(link.href) : null;
  if (!lead) return;
  event.preventDefault();
  lead();
});

// An outcome that is pointed at is set at once; by arrows one looks, and Enter sets it.
root.addEventListener("click", (event) => {
  if (event.detail && event.target.matches("[data-outcomes] input")) event.target.form.requestSubmit();
});

// --- paragraphs and building blocks ---

let slash = null; // the empty paragraph in which "/" was typed

root.addEventListener("input", (event) => {
  const field = event.target;
  const form = field.closest("form[data-entry]");
  if (form && field.value === "/" && field.name === "text" && keys.areOn()) {
    slash = field;
    field.value = "";
    const blocks = root.querySelector("[data-blocks]");
    blocks.open = true;
    blocks.querySelector("a").focus();
  } else if (form) {
    if (field.name === "text") paragraphs.grow(field);
    if (form.elements.text.value.trim() || form.elements.version.value !== "0" || queue.heldText(form.dataset.entry)) paragraphs.keepText(form);
    paragraphs.ready();
  }
  const vote = field.closest("form[data-act=hands]");
  if (vote) dressVote(vote);
});

// The "/" that was given back is kept like any text, unless a building block comes of it after all.
root.addEventListener("focusout", (event) => {
  const form = event.target.closest("form[data-entry]");
  if (form && event.target.value === "/" && !queue.heldText(form.dataset.entry)) paragraphs.keepText(form);
});

function choose(kind) {
  root.querySelector("[data-blocks]").open = false;
  paragraphs.insert(kind, slash?.isConnected ? slash.form : undefined);
  slash = null;
}

/** What is folded away, opened at its first field. */
function unfold(id) {
  root.querySelector("[data-blocks]").open = false;
  slash = null;
  const fold = document.getElementById(id);
  fold.open = true;
  fold.querySelector("input:not([type=hidden])").focus();
}

function dressVote(form) {
  form.querySelector("[data-hands]").hidden = !["hands", "paper"].includes(form.elements.way.value);
  form.querySelector("button:last-of-type").textContent = isCounted(form) ? words.saveResult : words.openBallot;
}

// --- keys ---

let from = null; // where one was before a key led elsewhere

const visible = (selector) => [...root.querySelectorAll(selector)].find((one) => !one.closest("[hidden]"));

function lead(to) {
  from = document.activeElement;
  if (to === "outcome") {
    showTab("punkt");
    (root.querySelector("[data-outcomes] input:checked") ?? root.querySelector("[data-outcomes] input")).focus();
  } else {
    showTab("til-stede");
    attendance.focus();
  }
}

function back() {
  if (from?.isConnected) from.focus();
  from = null;
}

const does = {
  next: () => visible("[data-do=next]")?.click(),
  previous: () => visible("[data-do=previous]")?.click(),
  outcome: () => lead("outcome"),
  attendance: () => lead("attendance"),
  commands: () => commands.open(),
  confirm() {
    const form = document.activeElement?.closest("form");
    if (!form || !root.contains(form) || form.method === "dialog") return;
    if (form.matches("[data-entry]")) { queue.go(); paragraphs.next(form); } else form.requestSubmit();
  },
};

document.addEventListener("keydown", (event) => {
  if (root.querySelector(".r-dialog[open]")) return;
  const name = keys.meant(event);
  if (name) { event.preventDefault(); does[name](); return; }
  const at = event.target;
  if (at.matches?.("[data-outcomes] input")) {
    const digit = keys.areOn() && !event.ctrlKey && !event.altKey && !event.metaKey && /^[1-9]$/.test(event.key) && root.querySelectorAll("[data-outcomes] input")[event.key - 1];
    if (digit) digit.checked = true;
    if (digit || event.key === "Enter") { event.preventDefault(); at.form.requestSubmit(); back(); }
  }
  if (event.key === "Escape") leave(at);
});

/** Out of where one is, with everything as it was. */
function leave(at) {
  const blocks = root.querySelector("[data-blocks]");
  if (slash && blocks.contains(at)) { // the "/" was meant as one
    blocks.open = false;
    slash.value = "/";
    slash.focus();
    slash = null;
    return;
  }
  if (attendance.isIn(at)) { attendance.clear(); back(); return; }
  if (at.matches("[data-outcomes] input")) {
    for (const radio of root.querySelectorAll("[data-outcomes] input")) radio.checked = radio.defaultChecked;
    back();
    return;
  }
  const menu = at.closest("details[open]");
  if (menu && root.contains(menu)) { menu.open = false; menu.querySelector("summary").focus(); }
}

// --- three parts on a small screen ---

const tabs = [...root.querySelectorAll("[data-tabs] a")];

const TAB = `room:tab:${root.dataset.room}`;

function showTab(name) {
  root.dataset.tab = name;
  sessionStorage.setItem(TAB, name);
  for (const one of tabs) {
    if (one.hash === `#${name}`) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  for (const one of root.querySelectorAll("[data-entries] textarea")) paragraphs.grow(one);
}

function turn(link) {
  showTab(link.hash.slice(1));
  if (getComputedStyle(link.parentElement).display !== "none") scrollTo(0, 0);
}

// --- the start ---

pages.onDrawn(() => {
  keys.dress();
  const vote = root.querySelector("form[data-act=hands]");
  dressVote(vote);
});
queue.setLine({ isThere: () => contact.isLineThere() && contact.isMe(), ask: (action) => contact.ask(action), look: contact.beat });

let stream = null;
const asked = root.querySelector("#ny form"); // a building block that was asked for without the script, once
const early = [...root.querySelectorAll("[data-entries] form")].filter((form) => form.elements.text.value !== form.elements.text.defaultValue);
const block = asked?.elements.kind.value;
root.querySelector("#ny")?.remove();
if (block || location.search) history.replaceState(null, "", location.pathname);
pages.start();
for (const form of early) if (form.isConnected) paragraphs.keepText(form); // typed before the script was here
paragraphs.ready();
showTab(tabs.find((one) => one.hash === location.hash)?.hash.slice(1) ?? sessionStorage.getItem(TAB) ?? "punkt");
attendance.start(press);
commands.start(lead);
if (block) paragraphs.insert(block);

contact.start({
  changed() { tell(); pages.draw(); },
  back() { queue.go(); pages.renewSoon(); follow(); },
  woke() { queue.go(); },
  knock: pages.knock,
});
queue.go();
tell();

/** Hear of every change, from whomever it comes. */
function follow() {
  if (!window.EventSource || stream?.readyState < 2) return;
  stream = new EventSource(root.dataset.follow);
  for (const what of ["changed", "ballot", "talk"]) stream.addEventListener(what, () => pages.renewSoon());
  stream.addEventListener("gone", () => { stream.close(); contact.ask().catch(() => {}); });
}
follow();
setTimeout(() => pages.fetchOthers().catch(() => {}), 500);
