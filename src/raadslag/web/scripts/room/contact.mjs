// Whether the server is there, and whether it still knows who we are. It is asked every second, so a cut line is seen
// within three; a window that slept asks as soon as it wakes.

import { hear, root } from "./clock.mjs";
import { words } from "./words.mjs";

const BEAT = 1000; // milliseconds
const PATIENCE = 1800;
const LOGIN_AGAIN = 3000;

const box = document.querySelector("[data-login-box]");
let isThere = navigator.onLine !== false;
let login = "me"; // or "out", "level", "other"
let timer = 0;
let isAsking = false;
let hooks = {};

export const isLineThere = () => isThere;
export const isMe = () => login === "me";

/** `changed`: something is to be shown; `back`: the line or the login is back; `woke`: the window; `knock`: who are we? */
export function start(given) {
  hooks = given;
  window.addEventListener("offline", () => set(false));
  for (const name of ["online", "pageshow", "focus"]) window.addEventListener(name, wake);
  for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, wake);
  beat();
}

function wake() {
  if (document.visibilityState === "hidden") return;
  knocked = 0;
  hooks.woke(); // timers may have slept: whatever waits goes now
  beat();
}

/** Look at once. */
export async function beat() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  set(navigator.onLine !== false && await isAlive());
  isAsking = false;
  if (isThere && login !== "me") knockLater();
  timer = setTimeout(beat, BEAT);
}

async function isAlive() {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(root.dataset.health, { cache: "no-store", redirect: "error", signal: stop.signal });
    hear(answer);
    return answer.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(late);
  }
}

function set(is) {
  if (is === isThere) return;
  isThere = is;
  hooks.changed();
  if (is) hooks.back();
}

// --- who we are ---

let knocked = 0;
let at = location.pathname; // the page that told that we are not known

function knockLater() {
  const now = performance.now();
  if (now - knocked < LOGIN_AGAIN) return;
  knocked = now;
  ask(at).catch(() => {});
}

/** Find out who is logged in, as the page of `address` sees it; show the box where that is not us any more. */
export async function ask(address = location.pathname) {
  at = address;
  const before = login;
  login = await hooks.knock(address);
  show();
  if (login === "me" && before !== "me") hooks.back();
  return login;
}

function show() {
  const isOut = login !== "me";
  if (isOut) {
    box.querySelector("[data-login-words]").textContent = login === "other" ? words.other(root.dataset.name) : words[login === "level" ? "level" : "login"];
    if (!box.open) {
      const focus = document.activeElement;
      box.show(); // beside the page, not in its way: one goes on writing
      focus?.focus?.({ preventScroll: true });
    }
  } else if (box.open) {
    box.close();
  }
  hooks.changed();
}
