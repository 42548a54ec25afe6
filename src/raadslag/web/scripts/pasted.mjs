// What is pasted comes as paragraphs, headings, lists, links and emphasis; how it looked elsewhere stays there.
// Word tells lists as paragraphs with a style: they become lists again. Rows of tables become lines.

const DROPPED = "style, script, meta, link, title, xml, img, svg, object, iframe, o\\:p, v\\:shape, colgroup";
const BULLETS = /^[\s\u00a0]*[·•▪◦‣●∙§ov-][\s\u00a0]*$/;

/** HTML from the clipboard with what the editor can keep, and nothing else. */
export function cleaned(html) {
  // The policy of the page lets no style in, not even into a document that nobody sees: it is read as data.
  const told = html
    .replace(/<!--\[if !supportLists\]-->|<!--\[endif\]-->/g, "")
    .replace(/<style\b[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle=/gi, " data-style="));
  const page = new DOMParser().parseFromString(told, "text/html");
  for (const comment of comments(page)) comment.remove();
  page.querySelectorAll(DROPPED).forEach((one) => one.remove());
  page.querySelectorAll("tr").forEach((row) => {
    const line = page.createElement("p");
    line.textContent = [...row.cells].map((cell) => cell.textContent.replace(/\s+/g, " ").trim()).join(" | ");
    row.replaceWith(line);
  });
  page.querySelectorAll("table, tbody, thead, tfoot").forEach(unwrap);
  lists(page);
  page.querySelectorAll("span").forEach((span) => {
    if (/font-weight:\s*(bold|[6-9]00)/i.test(styleOf(span))) wrap(span, "strong");
    if (/font-style:\s*italic/i.test(styleOf(span))) wrap(span, "em");
  });
  page.querySelectorAll("*").forEach((one) => {
    for (const { name } of [...one.attributes]) {
      if (!(name === "href" || (name === "start" && one.tagName === "OL"))) one.removeAttribute(name);
    }
  });
  // Word's paragraphs hold the newlines of its own file.
  for (const text of texts(page)) text.data = text.data.replace(/[\n\r\t\u00a0 ]+/g, " ");
  page.querySelectorAll("p").forEach((one) => { if (!one.textContent.trim() && !one.querySelector("br")) one.remove(); });
  return page.body.innerHTML;
}

function* nodes(page, kind) {
  const walker = page.createTreeWalker(page, kind);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  yield* found;
}
const comments = (page) => nodes(page, NodeFilter.SHOW_COMMENT);
const texts = (page) => nodes(page, NodeFilter.SHOW_TEXT);

const styleOf = (one) => one.getAttribute("data-style") ?? "";

function unwrap(one) { one.replaceWith(...one.childNodes); }

function wrap(one, name) {
  const outer = one.ownerDocument.createElement(name);
  outer.append(...one.childNodes);
  one.append(outer);
}

/** Paragraphs that Word styled as items of a list, as lists in lists. */
function lists(page) {
  let open = []; // the lists that are open, outermost first
  let last = null;
  for (const line of [...page.querySelectorAll("p")]) {
    const level = Number(/mso-list:[^;]*level(\d+)/.exec(styleOf(line))?.[1] ?? 0);
    if (!level) { open = []; continue; }
    if (last !== line.previousElementSibling) open = [];
    const sign = [...line.querySelectorAll("span")].find((span) => styleOf(span).includes("mso-list:Ignore"));
    const mark = sign?.textContent ?? "";
    sign?.remove();
    const item = page.createElement("li");
    item.append(...line.childNodes);
    open.length = Math.min(open.length, level);
    while (open.length < level) {
      const list = page.createElement(BULLETS.test(mark) || !/\d|[a-z]/i.test(mark) ? "ul" : "ol");
      const number = Number(/\d+/.exec(mark)?.[0] ?? 1);
      if (list.tagName === "OL" && number > 1) list.setAttribute("start", number);
      const holder = open.at(-1)?.lastElementChild;
      if (holder) holder.append(list);
      else if (open.length) { const empty = page.createElement("li"); empty.append(list); open.at(-1).append(empty); }
      else line.before(list);
      open.push(list);
    }
    open.at(-1).append(item);
    last = open[0];
    line.remove();
  }
}
