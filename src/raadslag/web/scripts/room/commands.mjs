// "What do you want to do?": everything that the page can do, to be found by typing. The list is made from the page, so it
// never promises what is not there.

import { root } from "./clock.mjs";
import { keyOf } from "./keys.mjs";
import { fits, options } from "./options.mjs";
import { words } from "./words.mjs";

const dialog = root.querySelector("[data-commands]");
const field = dialog.querySelector("input");
const none = dialog.querySelector("[data-none]");

/** A button's words, without its key and without what only explains. */
function said(element) {
  const copy = element.cloneNode(true);
  for (const one of copy.querySelectorAll("kbd, svg, [hidden]")) one.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
}

const isThere = (element) => element && !element.closest("[hidden]") && !element.disabled;

function all() {
  const found = [];
  const add = (element, text = said(element), run = () => element.click(), hint = "") => {
    if (isThere(element)) found.push({ text, run, hint, isKey: true });
  };
  for (const one of root.querySelectorAll("[data-do=next], [data-do=previous]")) add(one, said(one), undefined, keyOf(one.dataset.do));
  add(root.querySelector("[data-outcomes]"), words.keys.outcome, () => dialog.dispatchEvent(new CustomEvent("ask", { detail: "outcome" })), keyOf("outcome"));
  add(root.querySelector("[data-find]"), words.keys.attendance, () => dialog.dispatchEvent(new CustomEvent("ask", { detail: "attendance" })), keyOf("attendance"));
  for (const one of root.querySelectorAll("[data-outcomes] input")) {
    add(one, `${words.outcomeIs} ${said(one.nextElementSibling)}`, () => { one.checked = true; one.form.requestSubmit(); });
  }
  for (const one of root.querySelectorAll("[data-block]")) add(one, `${words.block} ${said(one)}`);
  for (const one of root.querySelectorAll("a.r-go")) add(one, `${words.goTo} ${said(one.querySelector(".r-num"))}: ${said(one.children[1])}`);
  const vote = root.querySelector("[data-vote] > summary");
  add(vote, said(vote), () => { vote.parentElement.open = true; document.getElementById("question").focus(); });
  for (const one of root.querySelectorAll(".r-pane button:not([data-do]), .r-bar a, .r-push .r-meta a")) {
    if (!one.closest(".r-person, .r-write-block, [data-outcomes], .r-outcome, .r-find, details:not([open])")) add(one);
  }
  for (const one of root.querySelectorAll("form[data-act=happen][data-person]")) {
    const button = one.querySelector("[data-comes]");
    add(button, `${one.dataset.name}: ${said(button)}`);
  }
  add(root.querySelector("[data-do=keys]"));
  return found;
}

const draw = options(field, dialog.querySelector("ul"), {
  isShown: () => true,
  find(text) {
    const found = commands.filter((one) => fits(text, one.text));
    none.textContent = found.length ? "" : words.noCommand;
    return found;
  },
  choose(one) {
    dialog.close();
    one.run();
  },
});
let commands = [];

/** Ask. `go` leads to what has a key and no button: "outcome" or "attendance". */
export function start(go) {
  dialog.addEventListener("ask", (event) => go(event.detail));
}

export function open() {
  commands = all();
  field.value = "";
  dialog.showModal();
  draw();
  field.focus();
}
