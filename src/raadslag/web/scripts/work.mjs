// What the workspace's pages do beyond what they do without scripts: keep what is being written, bring files one by
// one with progress, and move agenda items by drag. Nothing here is needed to get anything done.

const words = document.documentElement.lang === "en"
  ? { passkey: "It was not done. Try again, or use a code instead.", kept: "Kept on this device", back: "What you wrote before is back.", sent: "brought", failed: "not brought" }
  : { passkey: "Det blev ikke til noget. Prøv igen, eller brug en kode i stedet.", kept: "Gemt her på enheden", back: "Det, du skrev før, er her igen.", sent: "hentet ind", failed: "ikke hentet ind" };

// --- what is being written stays on the device until the server has it ---

function fieldsOf(form) {
  return [...form.elements].filter((one) => one.name && !["hidden", "file", "submit"].includes(one.type));
}

function keep(form) {
  const key = `kept:${form.dataset.keep}`;
  const status = document.querySelector("[data-saved]");
  const say = (text) => { if (status) status.textContent = text; };
  let before = null;
  try { before = JSON.parse(localStorage.getItem(key)); } catch { localStorage.removeItem(key); }
  if (before && !form.querySelector("[aria-invalid], .alert-error")) {
    let isBack = false;
    for (const field of fieldsOf(form)) {
      if (!(field.name in before) || field.type === "radio" || field.type === "checkbox") continue;
      if (field.value !== before[field.name]) { field.value = before[field.name]; isBack = true; }
    }
    if (isBack) say(words.back);
  }
  form.addEventListener("input", () => {
    const now = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
    localStorage.setItem(key, JSON.stringify(now));
    say(`${words.kept} ${new Date().toLocaleTimeString("da-DK")}`);
  });
  form.addEventListener("submit", () => sessionStorage.setItem("sent", key));
}

// A page that follows a sent form and holds no fault shows that the server has what was written.
const sent = sessionStorage.getItem("sent");
sessionStorage.removeItem("sent");
const isIn = !document.querySelector("[data-keep] .alert-error, [data-login-again]");
if (sent && isIn && document.querySelector("main")) localStorage.removeItem(sent);
document.querySelectorAll("form[data-keep]").forEach(keep);

// --- several files, one after the other, in pieces: a cut line costs one piece, and what has come is not sent again ---

const PIECE = 512 * 1024;
const TRIES = 12;
const wait = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

async function bring(form, file, bar) {
  const fields = new FormData(form);
  const id = `${file.name}:${file.size}:${file.lastModified}`;
  const headers = { "X-CSRFToken": fields.get("csrfmiddlewaretoken") };
  const about = (more) => `${form.dataset.upload}?${new URLSearchParams({ id, ...more })}`;
  let offset = 0;
  for (let failed = 0; failed < TRIES;) {
    try {
      if (!offset || failed) offset = (await (await fetch(about({}), { headers })).json()).there_is;
      const more = { offset, length: file.size, name: file.name, to: fields.get("to") ?? "" };
      const answer = await fetch(about(more), { method: "POST", headers, body: file.slice(offset, offset + PIECE) });
      const told = await answer.json();
      if (told.refused) return { isIn: false, reasons: told.refused };
      offset = told.there_is;
      bar.value = file.size ? offset / file.size : 1;
      if (told.is_in) return { isIn: true, reasons: [] };
      failed = 0;
    } catch {
      failed += 1; // the line was cut, or the login has run out: ask again from where to go on
      await wait(Math.min(2 ** failed, 20));
    }
  }
  return { isIn: false, reasons: [] };
}

async function bringAll(event) {
  const form = event.target;
  const files = [...form.querySelector("input[type=file]").files];
  if (!files.length) return;
  event.preventDefault();
  const list = document.createElement("ul");
  list.setAttribute("role", "status");
  form.append(list);
  let allIn = true;
  for (const file of files) {
    const line = document.createElement("li");
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    line.append(`${file.name} `, bar);
    list.append(line);
    const told = await bring(form, file, bar);
    bar.remove();
    line.append(told.isIn ? `– ${words.sent}` : `– ${words.failed}. ${told.reasons.join(" ")}`);
    allIn &&= told.isIn;
  }
  if (allIn) location.reload();
}
document.querySelectorAll("form[data-upload]").forEach((form) => form.addEventListener("submit", bringAll));

// --- agenda items by drag; the buttons do the same ---

const plan = document.querySelector("[data-plan]");
if (plan) {
  const rows = [...plan.querySelectorAll("[data-item]")];
  let dragged = null;
  for (const row of rows) {
    if (!row.querySelector("form")) continue;
    row.draggable = true;
    row.addEventListener("dragstart", () => { dragged = row; });
    row.addEventListener("dragover", (event) => event.preventDefault());
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === row) return;
      const form = dragged.querySelector("form");
      const place = document.createElement("input");
      Object.assign(place, { type: "hidden", name: "place", value: rows.indexOf(row) + 1 });
      form.append(place);
      form.submit();
    });
  }
}

// --- the editor is fetched only where text is written ---

const prose = document.querySelector("textarea[data-prose]");
if (prose) import(prose.dataset.prose).then(({ dress }) => dress()).catch(() => {}); // without it, the plain field

// --- the pages of a PDF, where there is one ---

const paper = document.querySelector("[data-pdf]");
if (paper) import(paper.dataset.viewer).then(({ show }) => show(paper)).catch(() => {}); // without it, the text

// --- the meeting room ---

const held = document.querySelector("[data-room]");
if (held) import(held.dataset.script).catch(() => {}); // without it, a button saves each paragraph

// --- what needs scripts shows only where there are some ---

document.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });

// A passkey that was refused, forgotten or not there is told, and not only to the console.
document.addEventListener("allauth.error", (event) => {
  const place = document.querySelector("[data-passkey]");
  if (place) { place.textContent = words.passkey; event.preventDefault(); }
});
