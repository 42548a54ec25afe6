// A station on a phone: what is sent while the line is gone waits on the phone and sends itself, from whichever page of
// ours is open. Nothing leaves the phone before the server has said that it has it, or its reader has thrown it away.
// Without this script the form sends itself as every form does.

const form = document.querySelector("form[data-queue]");
const english = document.documentElement.lang === "en";
const say = english
  ? { in: "We have received", see: "See what becomes of it", one: "1 waiting on this phone. It sends itself.", waiting: (n) => `${n} waiting on this phone. They send themselves.`, refused: "Not sent:", over: "Time is up", ended: "The round is over. What you send now comes after it.", left: "left", kept: "It is kept here until you throw it away.", away: "Throw away", got: "Received", reload: "Open the page again, and it sends itself." }
  : { in: "Vi har modtaget", see: "Se, hvad der sker med den", one: "1 venter her på telefonen. Den sender sig selv.", waiting: (n) => `${n} venter her på telefonen. De sender sig selv.`, refused: "Ikke sendt:", over: "Tiden er gået", ended: "Runden er slut. Det, du sender nu, kommer efter den.", left: "tilbage", kept: "Det er gemt her, til du kasserer det.", away: "Kassér", got: "Modtaget", reload: "Åbn siden igen, så sender den sig selv." };

// --- what waits, and what was refused ---

const KEY = "raadslag-stand", REFUSED = "raadslag-stand-afvist";
const read = (key, none = []) => { try { return JSON.parse(localStorage.getItem(key)) ?? none; } catch { return none; } };
const write = (key, rows) => { try { localStorage.setItem(key, JSON.stringify(rows)); return true; } catch { return false; } };
const without = (key, thought) => write(key, read(key).filter((row) => row.fields.thought !== thought));
const draftKey = form && `${KEY}:${form.elements.station.value}`;

function name() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a phone without it, or a page that came without https
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const region = document.querySelector("[data-told]");
function told(...parts) {
  const line = document.createElement("p");
  line.append(...parts);
  region.hidden = false; // the region was there before: a reader is told of what comes into it
  region.replaceChildren(line);
}

function waiting() {
  const { length } = read(KEY);
  document.querySelector("[data-queued]").textContent = length > 1 ? say.waiting(length) : length ? say.one : "";
}

function refused() {
  document.querySelector("[data-refused]").replaceChildren(...read(REFUSED).map((row) => {
    const box = document.createElement("div");
    box.className = "told is-refused";
    const words = Object.assign(document.createElement("p"), { textContent: `${say.refused} ${row.why} ${say.kept}` });
    const kept = Object.assign(document.createElement("textarea"), { value: row.fields.text, rows: 4, readOnly: true });
    kept.setAttribute("aria-label", say.kept);
    const away = Object.assign(document.createElement("button"), { type: "button", textContent: say.away });
    away.addEventListener("click", () => { without(REFUSED, row.fields.thought); refused(); });
    box.append(words, kept, away);
    return box;
  }));
}

function listed(answer, text) {
  const mine = document.getElementById("mine");
  if (!mine) return;
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = answer.to;
  link.append(Object.assign(document.createElement("b"), { textContent: answer.name }));
  const state = Object.assign(document.createElement("span"), { className: "quiet", textContent: say.got });
  line.append(link, ` ${text.slice(0, 80)}`, document.createElement("br"), state);
  mine.querySelector("ul").prepend(line);
  mine.hidden = false;
}

let token = document.querySelector("#line [name=csrfmiddlewaretoken]").value;
async function renewed() { // somebody has logged in or out on this device since
  try {
    const page = new DOMParser().parseFromString(await (await fetch("/s/")).text(), "text/html");
    const fresh = page.querySelector("#line [name=csrfmiddlewaretoken]")?.value;
    if (fresh && fresh !== token) { token = fresh; return true; }
  } catch { /* the line is gone */ }
  return false;
}

async function post(row) {
  const body = new URLSearchParams({ ...row.fields, csrfmiddlewaretoken: token });
  return fetch(row.to, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual" });
}

let isSending = false;
async function send() {
  if (isSending) return;
  isSending = true;
  let again = 0;
  try {
    for (let row = read(KEY)[0]; row; row = read(KEY)[0]) {
      let answer, words = null;
      try {
        answer = await post(row);
        if (answer.status === 403 && await renewed()) answer = await post(row);
        words = await answer.json().catch(() => null);
      } catch { again = 5; break; } // the line is gone
      if (answer.ok && words?.to) {
        without(KEY, row.fields.thought);
        const bold = Object.assign(document.createElement("b"), { textContent: `${say.in} ${words.name}. ` });
        told(bold, Object.assign(document.createElement("a"), { href: words.to, textContent: say.see }));
        listed(words, row.fields.text);
      } else if (words?.refused) {
        if (!write(REFUSED, [...read(REFUSED), { ...row, why: words.refused.join(" ") }])) break; // it stays where it is
        without(KEY, row.fields.thought);
        refused();
      } else if (answer.status === 429 || answer.status >= 500) {
        again = Number(answer.headers.get("Retry-After")) || 5;
        break;
      } else { // nothing that we know: it stays, and is tried when a page is opened
        told(words?.again?.join(" ") ?? say.reload);
        break;
      }
    }
  } finally {
    isSending = false;
    waiting();
  }
  if (again) setTimeout(send, again * 1000);
}

function queue(event) {
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrfmiddlewaretoken;
  if (!write(KEY, [...read(KEY), { to: form.dataset.mine, fields }])) return; // no room on the device: the form sends itself
  event.preventDefault();
  form.elements.text.value = "";
  form.elements.thought.value = name();
  form.querySelectorAll("[name=kind], [name=stance]").forEach((one) => { one.checked = false; });
  localStorage.removeItem(draftKey);
  waiting();
  send();
  form.elements.text.focus();
}

// --- the clock ---

function clock() {
  const face = document.querySelector("[data-until]");
  if (!face) return;
  let spoken = -1, hasEnded = false;
  const beside = face.previousElementSibling;
  const show = () => {
    const left = hasEnded ? 0 : Math.max(0, Math.round((Date.parse(face.dataset.until) - Date.now()) / 1000));
    face.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : say.over;
    face.classList.toggle("is-over", !left);
    beside.textContent = left ? say.left : "";
    const minute = Math.ceil(left / 60);
    if (minute !== spoken) { spoken = minute; face.setAttribute("aria-label", `${minute} min`); }
  };
  const ask = async () => { // the facilitator may have given more time, or ended the round
    try {
      const now = await (await fetch(`${form.dataset.mine}nu/`)).json();
      if (now.until) face.dataset.until = now.until;
      if (now.until === null && !hasEnded) told(say.ended);
      hasEnded = now.until === null;
      show();
    } catch { /* the line is gone: the clock goes on */ }
  };
  show();
  setInterval(show, 1000);
  setInterval(ask, 20000 + Math.random() * 5000); // not all phones of a hall in the same moment
}

if (window.fetch && window.localStorage) {
  if (form) {
    form.addEventListener("submit", queue);
    const kept = read(draftKey, {});
    if (kept.text && !form.elements.text.value) form.elements.text.value = kept.text;
    form.addEventListener("input", () => write(draftKey, { text: form.elements.text.value }));
    clock();
  }
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  waiting();
  refused();
  send();
}
