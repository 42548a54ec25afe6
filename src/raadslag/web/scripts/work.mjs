// What the workspace's pages do beyond what they do without scripts: keep what is being written, bring files one by
// one with progress, and move agenda items by drag. Nothing here is needed to get anything done.

const words = document.documentElement.lang === "en"
  ? { passkey: "It was not done. Try again, or use a code instead.", kept: "Kept on this device", back: "What you wrote before is back.", away: "Discard it", sent: "brought", failed: "not brought" }
  : { passkey: "Det blev ikke til noget. Prøv igen, eller brug en kode i stedet.", kept: "Gemt her på enheden", back: "Det, du skrev før, er her igen.", away: "Kassér det", sent: "hentet ind", failed: "ikke hentet ind" };

// --- what is being written stays on the device until the server has it ---

function fieldsOf(form) {
  return [...form.elements].filter((one) => one.name && !["hidden", "file", "submit"].includes(one.type));
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio" || field.type === "checkbox") { if (field.checked) values[field.name] = field.value; }
    else values[field.name] = field.value;
  }
  return values;
}

function putBack(form, values) {
  let isBack = false;
  for (const field of fieldsOf(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      const chosen = values[field.name] === field.value;
      if (field.name in values && chosen !== field.checked) { field.checked = chosen; isBack = true; }
    } else if (field.name in values && field.value !== values[field.name]) {
      field.value = values[field.name];
      isBack = true;
    }
  }
  return isBack;
}

const who = document.querySelector("[data-who]")?.dataset.who ?? ""; // on a tablet that goes round each finds his own

function keep(form) {
  const key = `kept:${who}:${form.dataset.keep}`;
  const status = form.querySelector("[data-saved]") ?? [...document.querySelectorAll("[data-saved]")].find((one) => !one.closest("form"));
  const version = form.elements.version;
  const say = (text) => { if (status) status.textContent = text; };
  let before = null;
  try { before = JSON.parse(localStorage.getItem(key)); } catch { localStorage.removeItem(key); }
  if (before?.values && !form.querySelector("[aria-invalid], .alert-error") && putBack(form, before.values)) {
    // Written from an older version, it meets the newer one when it is saved: then both are shown.
    if (version && before.version) version.value = before.version;
    say(words.back);
    const away = document.createElement("button");
    Object.assign(away, { type: "button", className: "r-linkbutton", textContent: words.away });
    away.addEventListener("click", () => { localStorage.removeItem(key); location.reload(); });
    status?.after(" ", away);
  }
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify({ version: version?.value, values: valuesOf(form) }));
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

// --- words that are chosen in a text are the ones that a comment is about ---

const quoted = document.querySelector("[data-quoted]");
const quotable = document.querySelector("[data-quotable]");
if (quoted && quotable) {
  const choose = () => {
    const chosen = getSelection();
    if (!chosen.isCollapsed && quotable.contains(chosen.anchorNode) && quotable.contains(chosen.focusNode)) {
      quoted.value = chosen.toString().trim();
      // Kept on the device beside what is written about them: words that are only chosen, to be copied perhaps, are not.
      const others = [...quoted.form.querySelectorAll("textarea")].filter((one) => one !== quoted);
      if (others.some((one) => one.value)) quoted.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  quotable.addEventListener("mouseup", choose);
  quotable.addEventListener("touchend", choose);
}

// --- what went wrong is seen at once, wherever on the page it stands ---

const fault = document.querySelector("main [role=alert], main .r-told.is-refused");
if (fault) {
  for (let above = fault.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
  fault.tabIndex = -1;
  fault.focus();
}

// --- the size of the text, chosen once ---

document.querySelectorAll("input[name=text-size]").forEach((one) => {
  if (localStorage.getItem("text-size") === one.id) one.checked = true;
  one.addEventListener("change", () => localStorage.setItem("text-size", one.id));
});

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
      const answer = await fetch(about(more), {
        method: "POST", headers: { ...headers, "Content-Type": "application/octet-stream" }, body: file.slice(offset, offset + PIECE),
      });
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
  else if (filling) watch();
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

// --- thoughts by drag, onto a card or onto the board; the buttons do the same ---

document.addEventListener("dragstart", (event) => {
  const thought = event.target.closest?.("[data-thought]");
  if (!thought) return;
  event.dataTransfer.setData("text/x-thought", thought.dataset.thought);
  thought.classList.add("is-dragged"); // what is in somebody's hand is not put in order meanwhile
});
document.addEventListener("dragend", () => document.querySelector(".is-dragged")?.classList.remove("is-dragged"));
document.addEventListener("dragover", (event) => {
  if (event.dataTransfer.types.includes("text/x-thought") && event.target.closest?.("#tavle-spalte")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const number = event.dataTransfer.getData("text/x-thought");
  const onBoard = event.target.closest?.("#tavle-spalte");
  if (!number || !onBoard) return;
  event.preventDefault();
  const card = event.target.closest("[data-card]");
  if (!card) { location.assign(`${document.querySelector("[data-board]").dataset.board}?k=${number}`); return; }
  const form = card.querySelector("form").cloneNode(true);
  form.replaceChildren(...form.querySelectorAll("input[type=hidden]"));
  for (const [name, value] of [["what", "source"], ["k", number]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
});

// --- the editor is fetched only where text is written ---

const prose = document.querySelector("textarea[data-prose]");
if (prose) import(prose.dataset.prose).then(({ dress }) => dress()).catch(() => {}); // without it, the plain field

// --- the pages of a PDF, where there is one ---

const paper = document.querySelector("[data-pdf]");
if (paper) import(paper.dataset.viewer).then(({ show }) => show(paper)).catch(() => {}); // without it, the text

// --- what changes while a meeting is held ---

const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const stream = new EventSource(live.dataset.live);
  const cameOpen = new WeakSet(live.querySelectorAll("details[open]"));
  const isChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
    return field.type !== "hidden" && field.value !== field.defaultValue;
  };
  const twin = (at, part, page) => { // the same button or link on the fresh page: who is on it by the keyboard stays there
    const same = (root) => [...root.querySelectorAll(at.tagName)].filter((one) => one.outerHTML === at.outerHTML);
    return at.matches("a, button, summary") ? same(page)[same(part).indexOf(at)] : undefined;
  };
  const isInHand = (part, at) => at || part.querySelector(".is-dragged")
    || [...part.querySelectorAll("input, select, textarea")].some(isChanged)
    || [...part.querySelectorAll("details[open]")].some((one) => !cameOpen.has(one));

  const again = new Map(); // by the part's id: how it is asked for once more, and when what it shows was asked for

  /** Lets a part of the page follow what it names. It may lie in another, which puts a new one in its place. */
  const follow = (id) => {
    let waits = 0;
    let isBehind = false;
    const here = () => document.getElementById(id);
    const renew = async () => {
      waits = 0;
      const asked = performance.now();
      const answer = await fetch(here().dataset.from ?? location.href, { headers: { "X-Part": id } }); // no frame around it
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
      const part = here();
      if (!fresh) { location.reload(); return; }
      if (again.get(id)?.asked > asked) return; // a newer one was sooner here
      tick(fresh);
      const focused = part.contains(document.activeElement) ? document.activeElement : null;
      const same = focused && twin(focused, part, fresh);
      isBehind = fresh.innerHTML !== part.innerHTML && Boolean(isInHand(part, focused && !same));
      if (isBehind) return;
      again.set(id, { soon, asked });
      if (fresh.innerHTML === part.innerHTML) return;
      part.replaceChildren(...fresh.childNodes);
      same?.focus({ preventScroll: true });
      for (const one of part.querySelectorAll("[data-on]")) { // what was asked for before is not shown after
        if (again.get(one.id)?.asked > asked) again.get(one.id).soon();
      }
      for (const one of part.querySelectorAll("details[open]")) cameOpen.add(one);
    };
    const soon = () => { // not all phones of a hall in the same moment
      if (!waits) waits = setTimeout(() => renew().catch(() => {}), 500 + Math.random() * 1000);
    };
    for (const what of here().dataset.on.split(" ")) stream.addEventListener(what, soon);
    for (const what of ["focusout", "toggle", "dragend"]) { // laid down again, it shows what has come meanwhile
      live.addEventListener(what, () => { if (isBehind) soon(); }, true);
    }
  };
  for (const one of [live, ...live.querySelectorAll("[data-on]")]) follow(one.id);
  stream.addEventListener("gone", () => { stream.close(); location.reload(); });
}

// --- how long a round still goes on; without scripts the page says until when ---

const seconds = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
function tick(shown) {
  for (const one of shown.querySelectorAll("[data-until]")) {
    const left = Math.round((Date.parse(one.dataset.until) - Date.now()) / 1000);
    const { left: still = "", over = "" } = one.dataset;
    one.textContent = left >= 0 ? `${seconds(left)} ${still}` : `+${seconds(-left)} ${over}`;
  }
}
setInterval(() => tick(document), 1000);

// --- a list that fills in the background shows how far it is, until it is done ---

const filling = document.querySelector("[data-filling]");
async function watch() {
  for (let more = true; more;) {
    await wait(2);
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const fresh = page.getElementById(filling.id);
      if (!fresh) return;
      more = fresh.dataset.filling;
      if (!filling.contains(document.activeElement)) filling.replaceChildren(...fresh.childNodes);
    } catch { /* the line was cut: look again */ }
  }
}
if (filling?.dataset.filling) watch();

// --- a paper beside its source: the field at hand marks its lines, and a line opens what its field lies in ---

const beside = document.querySelector("[data-source]");
if (beside) {
  const source = beside.querySelector(".r-source");
  beside.addEventListener("focusin", ({ target }) => {
    const field = target.closest("[data-lines]");
    if (!field) return;
    source.querySelectorAll(".is-here").forEach((one) => one.classList.remove("is-here"));
    const [first, last] = field.dataset.lines.split(" ").map(Number);
    for (let line = first; line <= last; line += 1) document.getElementById(`l${line}`)?.classList.add("is-here");
    const top = document.getElementById(`l${first}`);
    if (top) source.scrollTop += top.getBoundingClientRect().top - source.getBoundingClientRect().top - source.clientHeight / 3;
  });
  source.addEventListener("click", ({ target }) => {
    const field = document.getElementById(decodeURIComponent(target.closest("a")?.hash.slice(1) ?? ""));
    for (let above = field?.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
    if (field) setTimeout(() => field.focus({ preventScroll: true }));
  });
}

// --- what needs scripts shows only where there are some, and not before they listen: a press is not lost ---

const showScripted = (root) => root.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });
const held = document.querySelector("[data-room]");
document.addEventListener("DOMContentLoaded", () => { if (!held) showScripted(document); });

// --- the meeting room ---

// Without it, a button saves each paragraph.
if (held) import(held.dataset.script).then(() => showScripted(document)).catch(() => {});

// A passkey that was refused, forgotten or not there is told, and not only to the console.
document.addEventListener("allauth.error", (event) => {
  const place = document.querySelector("[data-passkey]");
  if (place) { place.textContent = words.passkey; event.preventDefault(); }
});
