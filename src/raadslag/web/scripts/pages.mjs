// The pages of a PDF in the page, drawn by pdf.js as they come into view. Without scripts, or where the browser is too
// old, the text of the file stands below and the file itself is one press away.

const words = document.documentElement.lang === "en"
  ? { page: "Page", of: "of", failed: "The pages cannot be shown here. The text is below, and the file can be opened." }
  : { page: "Side", of: "af", failed: "Siderne kan ikke vises her. Teksten står nedenfor, og filen kan åbnes." };
const SIZES = [1, 1.5, 2];

async function draw(page, place) {
  const width = place.clientWidth;
  const natural = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: (width / natural.width) * Math.min(window.devicePixelRatio || 1, 2) });
  const canvas = document.createElement("canvas");
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  canvas.setAttribute("aria-hidden", "true");
  await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
  place.replaceChildren(canvas);
}

function places(pdf, frame) {
  const drawn = new WeakMap();
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting || drawn.get(target) === target.clientWidth) continue;
      drawn.set(target, target.clientWidth);
      pdf.getPage(Number(target.dataset.page)).then((page) => draw(page, target)).catch(() => drawn.delete(target));
    }
  }, { rootMargin: "800px 0px" });
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const place = document.createElement("div");
    place.className = "r-pdf-page";
    place.dataset.page = number;
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", `${words.page} ${number} ${words.of} ${pdf.numPages}`);
    place.style.aspectRatio = "210 / 297";
    pdf.getPage(number).then((page) => {
      const { width, height } = page.getViewport({ scale: 1 });
      place.style.aspectRatio = `${width} / ${height}`;
    });
    frame.append(place);
    watcher.observe(place);
  }
  return () => frame.querySelectorAll(".r-pdf-page").forEach((one) => { watcher.unobserve(one); watcher.observe(one); });
}

/** Show the PDF that the element names. */
export async function show(section) {
  const frame = section.querySelector("[data-pages]");
  const { pdf: url, library, worker } = section.dataset;
  const folder = new URL(".", new URL(worker, location.href)).href; // what pdf.js fetches besides lies there
  try {
    const pdfjs = await import(library);
    pdfjs.GlobalWorkerOptions.workerSrc = worker;
    const pdf = await pdfjs.getDocument({
      url, withCredentials: true, isEvalSupported: false, enableXfa: false, disableRange: true, disableStream: true,
      standardFontDataUrl: `${folder}standard_fonts/`, wasmUrl: `${folder}wasm/`,
    }).promise;
    section.hidden = false;
    const again = places(pdf, frame);
    section.querySelectorAll("[data-size]").forEach((button) => button.addEventListener("click", () => {
      const at = Math.max(0, Math.min(SIZES.length - 1, SIZES.indexOf(Number(frame.dataset.at ?? 1)) + Number(button.dataset.size)));
      frame.dataset.at = SIZES[at];
      frame.querySelectorAll(".r-pdf-page").forEach((one) => { one.style.width = `${SIZES[at] * 100}%`; });
      again();
    }));
  } catch {
    section.hidden = false;
    section.querySelectorAll("[data-size]").forEach((one) => { one.hidden = true; });
    frame.textContent = words.failed;
  }
}
