// What was typed and pressed, in its order, until the server has it. It is kept on this device under the name of who did
// it, goes one by one, and each press has a key that lets it count once however often it is sent.

import { clock, hear, root } from "./clock.mjs";
import { words } from "./words.mjs";

const PAUSE = 600; // milliseconds after the last keystroke
const LONGEST = 1500; // and at most after the first one
const AGAIN = 2000;
const PATIENCE = 10_000;
const MOST_FAULTS = 5;

const prefix = `room:${root.dataset.user}:${root.dataset.room}:`;
const beyond = new Map(); // what this device has no place for
const typed = new Map(); // by key: when typing began, and when it went on last
const faults = new Map();
const listeners = [];
/** What the server has taken in since this page was opened, with the moment: pages that were fetched before miss it. */
export const taken = [];
/** When the server last took something in, as it said. */
export let savedAt = "";
let token = "";
let isCalled = false;
let going = null;
let timer = 0;
let line = { isThere: () => true, ask: async () => "me", look: () => {} }; // see `contact`

/** A key that nobody has used. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a page without TLS on another machine has no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export const textKey = (entry) => `${prefix}text:${entry}`;
export const actKey = (once) => `${prefix}act:${once}`;
export const setToken = (given) => { token = given; };
export const onChange = (listener) => listeners.push(listener);
export const isFull = () => beyond.size > 0;
/** How it is known whether the server is there, and who is logged in: set once, by `contact`. */
export const setLine = (given) => { line = given; };

const raw = (key) => beyond.get(key) ?? localStorage.getItem(key);
const tell = (...about) => listeners.forEach((listener) => listener(...about));

function write(thing) {
  const text = JSON.stringify(thing);
  try { localStorage.setItem(thing.key, text); beyond.delete(thing.key); } catch { beyond.set(thing.key, text); }
}

function forget(key) {
  localStorage.removeItem(key);
  beyond.delete(key);
}

/** Everything that is kept, in its order; what was refused among it. */
export function things() {
  const keys = new Set([...Object.keys(localStorage).filter((key) => key.startsWith(prefix)), ...beyond.keys()]);
  return [...keys].map((key) => JSON.parse(raw(key))).sort((one, other) => one.place - other.place);
}

export const waiting = () => things().filter((one) => !one.refused);
export const heldText = (entry) => JSON.parse(raw(textKey(entry)) ?? "null");

/** Keep it. A paragraph keeps its place in the line, unless its item has been read out since: then it is read again. */
export function keep(thing) {
  const all = things();
  const before = all.find((one) => one.key === thing.key && !one.refused);
  const isReadSince = before && all.some((one) => one.kind === "tick" && one.item === before.item && one.place > before.place);
  const last = all.at(-1)?.place ?? 0;
  write({ ...thing, place: before && !isReadSince ? before.place : last + 1 });
  if (thing.kind === "text") {
    const now = performance.now();
    typed.set(thing.key, { first: typed.get(thing.key)?.first ?? now, last: now });
  }
  tell(thing);
  go();
}

/** What waits is not wanted any more; what was refused is put away. */
export function drop(key) {
  forget(key);
  tell();
}

/** Send what was refused once more. */
export function retry(key) {
  const thing = JSON.parse(raw(key));
  delete thing.refused;
  faults.delete(key);
  write(thing);
  tell();
  go();
}

/** Send what waits, until the line is empty or cut. Whoever calls meanwhile is heard: it goes round once more. */
export function go() {
  isCalled = true;
  going ??= round().finally(() => { going = null; });
  return going;
}

async function round() {
  while (isCalled) {
    isCalled = false;
    clearTimeout(timer);
    await alone(async () => {
      let after = 0;
      while (after === 0) after = await sendFirst();
      if (after > 0) timer = setTimeout(go, after);
    });
  }
}

/** Of several windows one sends. */
async function alone(work) {
  if (!navigator.locks) { await work(); return; }
  await navigator.locks.request(`${prefix}line`, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    else timer = setTimeout(go, AGAIN);
  });
}

/** 0 to go on, the milliseconds after which to try again, or -1 to wait until somebody calls. */
async function sendFirst() {
  const [thing, ...others] = waiting();
  if (!thing || !line.isThere()) return -1;
  const pause = typed.get(thing.key);
  if (pause && !others.some((one) => one.kind !== "text")) {
    const due = Math.min(pause.last + PAUSE, pause.first + LONGEST) - performance.now();
    if (due > 0) return due;
  }
  typed.delete(thing.key);
  if (thing.kind !== "text" && !thing.isTried) write({ ...thing, isTried: true }); // it may have arrived, whatever we hear
  const held = raw(thing.key);
  let answer, told;
  try {
    answer = await post(thing.action, thing.fields);
    if (answer.status === 401 || answer.status === 403) {
      if (await line.ask(thing.action) !== "me") return -1;
      const count = (faults.get(thing.key) ?? 0) + 1;
      faults.set(thing.key, count);
      if (count >= MOST_FAULTS) { refuse(thing, [words.gone]); return 0; }
      return count === 1 ? 0 : AGAIN; // another login brings another token: once more
    }
    told = await answer.json().catch(() => null);
  } catch {
    line.look(); // the line is cut: it is here, and is sent again
    tell();
    return AGAIN;
  }
  if (answer.ok && (told?.at || told?.to)) { done(thing, told, held); return 0; }
  if (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) {
    refuse(thing, told?.refused?.length ? told.refused : [words.gone]);
    return 0;
  }
  const count = (faults.get(thing.key) ?? 0) + (answer.status === 500);
  faults.set(thing.key, count);
  if (count >= MOST_FAULTS) { refuse(thing, [words.fault]); return 0; } // it shall not stand in the way of the others
  return AGAIN;
}

/** Ask the server to take something in; a proxy's or a portal's page is no answer. */
export async function post(action, fields) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(action, {
      method: "POST", body: new URLSearchParams(fields), redirect: "error", signal: stop.signal,
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    hear(answer);
    return answer;
  } finally {
    clearTimeout(late);
  }
}

function done(thing, told, held) {
  const now = raw(thing.key);
  const isMore = now !== null && now !== held && thing.kind === "text";
  if (isMore && !told.is_beside) { // more has been written meanwhile: it goes from the new version on
    const more = JSON.parse(now);
    more.fields.version = told.version;
    write(more);
  } else if (!isMore) {
    forget(thing.key); // where two texts stand beside each other, both are on the server
  }
  faults.delete(thing.key);
  taken.push({ ...thing, version: told.version, isBeside: told.is_beside, at: performance.now() });
  savedAt = told.at ?? clock(); // of what it had before, the server does not say when
  tell(thing, told);
}

function refuse(thing, reasons) {
  const now = raw(thing.key);
  if (now !== null) write({ ...JSON.parse(now), refused: reasons });
  tell(thing, { refused: reasons });
}

window.addEventListener("storage", (event) => { if (event.key?.startsWith(prefix)) tell(); });
