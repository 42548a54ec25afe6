// The secretary's room: each keystroke stays on the device at once and goes to the server within a second; the top line
// always says what is saved. What could not be sent waits here, also over a reload, and goes when the line is back.

const words = document.documentElement.lang === "en"
  ? {
    saved: "Saved", here: "Kept here –", waits: "waiting", login: "Log in again in another window: the texts are kept here.",
    theirs: "Somebody else saved this at the same time:", refused: "Not saved:",
  }
  : {
    saved: "Gemt", here: "Gemmes her –", waits: "venter", login: "Log ind igen i et andet vindue: teksterne er gemt her.",
    theirs: "En anden har gemt dette samtidig:", refused: "Ikke gemt:",
  };
const PAUSE = 600; // milliseconds after the last keystroke
const AGAIN = 2000;

const room = document.querySelector("[data-room]");
const status = document.querySelector("[data-room-saved]");
const prefix = `room:${room.dataset.room}:`;
const timers = new Map();
const sending = new Set();

const waiting = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
const here = () => document.querySelector("form[data-entry]")?.action;
const say = (text) => { if (status.textContent !== text) status.textContent = text; };

function fieldsOf(form) {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
}

function keep(form) {
  const told = { action: form.action, fields: fieldsOf(form) };
  localStorage.setItem(prefix + form.dataset.entry, JSON.stringify(told));
  say(`${words.here} ${waiting().length} ${words.waits}`);
  clearTimeout(timers.get(form.dataset.entry));
  timers.set(form.dataset.entry, setTimeout(() => send(form.dataset.entry), PAUSE));
}

async function send(entry) {
  const key = prefix + entry;
  const held = localStorage.getItem(key);
  if (!held || sending.has(entry)) return;
  sending.add(entry);
  const { action, fields } = JSON.parse(held);
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  let again = 0;
  try {
    const answer = await fetch(action, {
      method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    if (answer.status === 401 || answer.status === 403) { say(words.login); again = 5 * AGAIN; return; }
    const told = await answer.json();
    if (told.refused) { localStorage.setItem(key, held); say(`${words.refused} ${told.refused.join(" ")}`); return; }
    const form = document.querySelector(`[data-entry="${entry}"]`);
    if (form) form.elements.version.value = told.version;
    const now = localStorage.getItem(key);
    if (told.is_beside) {
      if (form) showTheirs(form, told.text);
      if (now === held) localStorage.removeItem(key); // both texts are on the server
    } else if (now === held) {
      localStorage.removeItem(key);
    } else { // more has been written meanwhile: it goes from the new version on
      const more = JSON.parse(now);
      more.fields.version = told.version;
      localStorage.setItem(key, JSON.stringify(more));
      again = 1;
    }
    const left = waiting().length;
    // What waited over a reload has no place on this page yet: it gets one, unless somebody is writing.
    if (!form && !left && action === here() && document.activeElement?.tagName !== "TEXTAREA") { location.reload(); return; }
    say(left ? `${words.here} ${left} ${words.waits}` : `${words.saved} ${told.at}`);
  } catch {
    again = AGAIN; // the line is cut: the text is here, and is sent again
    say(`${words.here} ${waiting().length} ${words.waits}`);
  } finally {
    sending.delete(entry);
    if (again) setTimeout(() => send(entry), again);
  }
}

function showTheirs(form, text) {
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

/** An empty paragraph stands last, ready to be written in. */
function ready(form) {
  const list = form.closest("[data-entries]");
  if (!list || list.lastElementChild !== form || !form.elements.text.value.trim()) return;
  const next = form.cloneNode(true);
  const id = crypto.randomUUID ? crypto.randomUUID() : fallbackId();
  next.dataset.entry = id;
  next.elements.id.value = id;
  next.elements.version.value = 0;
  next.elements.text.value = "";
  next.elements.text.id = `e-${id}`;
  next.querySelector("label").htmlFor = `e-${id}`;
  next.querySelectorAll(".r-beside").forEach((one) => one.remove());
  list.append(next);
  attach(next);
}

function fallbackId() { // a page without TLS on another machine has no randomUUID
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The list of building blocks, ready to be chosen from by keys. */
function choose() {
  const blocks = document.querySelector("[data-blocks]");
  blocks.open = true;
  blocks.querySelector("a").focus();
}

function grow(field) { field.style.height = "auto"; field.style.height = `${field.scrollHeight + 2}px`; }

function attach(form) {
  form.querySelectorAll("[data-by-hand]").forEach((one) => { one.hidden = true; });
  const held = localStorage.getItem(prefix + form.dataset.entry);
  if (held) form.elements.text.value = JSON.parse(held).fields.text;
  grow(form.elements.text);
  const field = form.elements.text;
  if (!held && field.value !== field.defaultValue) { keep(form); ready(form); } // typed before the script was here
  form.addEventListener("input", () => {
    if (field.value === "/") { field.value = ""; choose(); return; } // a building block, instead of prose
    grow(field);
    keep(form);
    ready(form);
  });
}

document.querySelectorAll("form[data-entry]").forEach(attach);
waiting().forEach((key) => send(key.slice(prefix.length)));
window.addEventListener("online", () => waiting().forEach((key) => send(key.slice(prefix.length))));

const chosen = document.querySelector("#ny textarea"); // the building block that was asked for, once
if (chosen) {
  chosen.focus();
  history.replaceState(null, "", location.pathname);
}

// Keys of the room: F2 goes on. Each is a button, too.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const button = document.querySelector(`[data-key="${event.key}"]`);
  if (button) { event.preventDefault(); button.click(); }
  if (event.key === "F4") {
    event.preventDefault();
    (document.querySelector("[data-outcomes] input:checked") ?? document.querySelector("[data-outcomes] input")).focus();
  }
  if (event.key === "F8") { event.preventDefault(); document.querySelector(".r-menu-small summary")?.focus(); }
});

// An outcome that is chosen is set at once.
document.querySelectorAll("[data-outcomes] input").forEach((radio) => {
  radio.addEventListener("click", (event) => { if (event.detail) radio.form.requestSubmit(); });
  radio.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); radio.form.requestSubmit(); } });
});
