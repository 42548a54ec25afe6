// A station on a phone: what is sent while the line is gone waits on the phone and sends itself. Without this script the
// form sends itself as every form does.

const form = document.querySelector("form[data-queue]");
const english = document.documentElement.lang === "en";
const say = english
  ? { in: "We have received", see: "See what becomes of it", waiting: (n) => `${n} waiting on this phone. They send themselves.`, refused: "Not sent:", over: "Time is up", left: "left", copy: "It is kept here.", one: "Received" }
  : { in: "Vi har modtaget", see: "Se, hvad der sker med den", waiting: (n) => `${n} venter her på telefonen. De sender sig selv.`, refused: "Ikke sendt:", over: "Tiden er gået", left: "tilbage", copy: "Det er gemt her.", one: "Modtaget" };

// --- what waits ---

const KEY = "raadslag-stand";
const read = (key) => { try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; } };
const write = (key, rows) => { try { localStorage.setItem(key, JSON.stringify(rows)); return true; } catch { return false; } };
const draftKey = `${KEY}:${form?.elements.station.value}`;

function name() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a phone without it, or a page that came without https
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function told(lines, kind) {
  document.getElementById("in")?.remove();
  const box = document.createElement("div");
  box.id = "in";
  box.className = `told ${kind}`;
  box.setAttribute("role", kind === "is-refused" ? "alert" : "status");
  const line = document.createElement("p");
  line.append(...lines);
  box.append(line);
  form.before(box);
  return box;
}

function waiting() {
  const rows = read(KEY);
  document.querySelector("[data-queued]").textContent = rows.length ? say.waiting(rows.length) : "";
}

function listed(answer, text) {
  const mine = document.getElementById("mine");
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = answer.to;
  link.append(Object.assign(document.createElement("b"), { textContent: answer.name }));
  const state = Object.assign(document.createElement("span"), { className: "quiet", textContent: say.one });
  line.append(link, ` ${text.slice(0, 80)}`, document.createElement("br"), state);
  mine.querySelector("ul").prepend(line);
  mine.hidden = false;
}

let isSending = false;
async function send() {
  if (isSending) return;
  isSending = true;
  let again = 0;
  try {
    for (let row = read(KEY)[0]; row; row = read(KEY)[0]) {
      let answer;
      try {
        const fields = new URLSearchParams({ ...row.fields, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
        answer = await fetch(row.to, { method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "same-origin" });
      } catch { again = 5; break; } // the line is gone
      if (answer.status === 429 || answer.status >= 500) { again = Number(answer.headers.get("Retry-After")) || 5; break; }
      const words = await answer.json().catch(() => ({ refused: [answer.statusText] }));
      write(KEY, read(KEY).filter((one) => one.fields.thought !== row.fields.thought));
      if (answer.ok && words.to) {
        const bold = Object.assign(document.createElement("b"), { textContent: `${say.in} ${words.name}. ` });
        const link = Object.assign(document.createElement("a"), { href: words.to, textContent: say.see });
        told([bold, link], "is-in");
        listed(words, row.fields.text);
      } else { // nothing is lost: it stands on the page, to be copied or written on paper
        const box = told([`${say.refused} ${(words.refused ?? []).join(" ")} ${say.copy}`], "is-refused");
        const kept = Object.assign(document.createElement("textarea"), { value: row.fields.text, rows: 4, readOnly: true });
        kept.setAttribute("aria-label", say.copy);
        box.append(kept);
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
  let spoken = -1;
  const beside = face.previousElementSibling;
  const show = () => {
    const left = Math.max(0, Math.round((Date.parse(face.dataset.until) - Date.now()) / 1000));
    face.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : say.over;
    beside.textContent = left ? say.left : "";
    const minute = Math.ceil(left / 60);
    if (minute !== spoken) { spoken = minute; face.setAttribute("aria-label", `${minute} min`); }
  };
  const ask = async () => { // the facilitator may have given more time
    try {
      const now = await (await fetch(`${form.dataset.mine}nu/`)).json();
      if (now.until) face.dataset.until = now.until;
    } catch { /* the line is gone: the clock goes on */ }
  };
  show();
  setInterval(show, 1000);
  setInterval(ask, 20000 + Math.random() * 5000); // not all phones of a hall in the same moment
}

if (form && window.fetch && window.localStorage) {
  form.addEventListener("submit", queue);
  const kept = read(draftKey);
  if (kept.text && !form.elements.text.value) form.elements.text.value = kept.text;
  form.addEventListener("input", () => write(draftKey, { text: form.elements.text.value }));
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  waiting();
  send();
  clock();
}
