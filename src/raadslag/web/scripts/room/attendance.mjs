// Who comes and goes, by typing: a part of the name, perhaps a clock, and Enter.

import { clock, root } from "./clock.mjs";
import { fits, options } from "./options.mjs";
import { words } from "./words.mjs";

const form = root.querySelector("[data-find]");
const field = form.querySelector("input");
const list = form.querySelector("ul");
const said = form.querySelector("[data-found]");
const CLOCK = /^([01]?\d|2[0-3])[.:]?([0-5]\d)$/;

/** What was typed: words of a name, and a clock after them, "" where there is none, null where it cannot be one. */
function parted(text) {
  const [, name, time = ""] = text.trim().match(/^(.*?)(?:\s+(\d[\d.:]*))?$/);
  const typed = time && time.match(CLOCK);
  return { name, time: time && (typed ? `${typed[1].padStart(2, "0")}.${typed[2]}` : null) };
}

function find(text) {
  const { name, time } = parted(text);
  return [...root.querySelectorAll("form[data-act=happen][data-person]")].filter((one) => fits(name, one.dataset.name)).map((one) => {
    const isIn = !one.querySelector("[data-in]").hidden;
    return { person: one, text: one.dataset.name, hint: `${isIn ? words.left : words.came} ${time || clock()}`, time };
  });
}

/** `press` sends the form of a person, by one of its buttons. */
export function start(press) {
  const draw = options(field, list, {
    find,
    choose({ person, time }) {
      if (time === null) { said.textContent = words.badClock; return; }
      const isIn = !person.querySelector("[data-in]").hidden;
      if (time) person.elements.clock.value = time;
      const done = `${person.dataset.name} ${isIn ? words.left : words.came} ${time || clock()}`;
      press(person, person.querySelector("[data-comes]"));
      field.value = "";
      draw();
      said.textContent = done;
    },
  });
  field.addEventListener("input", () => {
    said.textContent = field.value && list.hidden ? words.nobody : "";
    if (parted(field.value).time === null && !list.hidden) said.textContent = words.badClock;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}

export const focus = () => { field.focus(); field.select(); };
export const isIn = (element) => form.contains(element);
export function clear() {
  field.value = "";
  field.dispatchEvent(new Event("input"));
}
