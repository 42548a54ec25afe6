// Completes words in search fields that say where to ask: <input data-suggestions="…">.
// Without it, and while nothing answers, the field is an ordinary one.
"use strict";

const PAUSE = 150; // milliseconds after the last key

for (const field of document.querySelectorAll("input[data-suggestions]")) {
  const list = document.createElement("datalist");
  list.id = `${field.id}-ways`;
  field.after(list);
  field.setAttribute("list", list.id);
  field.autocomplete = "off";
  let waiting = 0;
  let asking = new AbortController();

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const address = `${field.dataset.suggestions}?q=${encodeURIComponent(field.value)}`;
    try {
      const answer = await fetch(address, { signal: asking.signal });
      const ways = answer.ok ? await answer.json() : [];
      list.replaceChildren(...ways.map((way) => new Option(way, way)));
    } catch {
      // Another key was pressed, or there is no line: what is typed is searched for as it stands.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if ([...list.options].some((option) => option.value === field.value)) return;
    waiting = setTimeout(ask, PAUSE);
  });
}
