// A field with a list below it to choose from: what is typed sifts the list, arrows go along it, Enter chooses.

/** `find` gives what fits a text, each with the `text` to show, perhaps a `hint`; `choose` is called with the chosen one. */
export function options(field, list, { find, choose, isShown = (text) => text !== "" }) {
  let found = [];
  let at = 0;

  const mark = () => {
    [...list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === at)));
    const line = list.children[at];
    if (line && !list.hidden) field.setAttribute("aria-activedescendant", line.id);
    else field.removeAttribute("aria-activedescendant");
    line?.scrollIntoView({ block: "nearest" });
  };

  function draw() {
    found = isShown(field.value) ? find(field.value) : [];
    at = 0;
    list.replaceChildren(...found.map((one, index) => {
      const line = document.createElement("li");
      line.id = `${list.id}-${index}`;
      line.setAttribute("role", "option");
      const text = document.createElement("span");
      text.textContent = one.text;
      line.append(text);
      if (one.hint) {
        const hint = document.createElement(one.isKey ? "kbd" : "small");
        if (one.isKey) hint.className = "r-kbd";
        hint.textContent = one.hint;
        line.append(" ", hint);
      }
      line.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      line.addEventListener("click", () => choose(one));
      return line;
    }));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    mark();
    return found.length;
  }

  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      at = (at + step + found.length) % found.length;
      mark();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (found[at]) choose(found[at]);
    }
  });
  return draw;
}

const plain = (text) => text.toLowerCase().normalize("NFC");

/** Whether every word of the one stands in the other. */
export const fits = (typed, text) => plain(typed).split(/\s+/).every((word) => plain(text).includes(word));
