// Builds what browsers fetch into src/raadslag/web/static/dist, which is never committed: the design system
// and our own styles in one sheet, the fonts and icons they name, and the sprite of all icons.
import { build } from "esbuild";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const web = join(root, "src", "raadslag", "web");
const dist = join(web, "static", "dist");
const dkfds = join(root, "node_modules", "dkfds");

// The design system brings whole fonts in four formats; `fonts.css` names smaller parts of the same ones.
const withoutFonts = {
  name: "without-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /dkfds\.min\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/@font-face\s*\{[^}]*\}/g, ""),
      loader: "css",
    }));
  },
};

await rm(dist, { recursive: true, force: true });
await build({
  entryPoints: [join(web, "styles", "site.css"), join(web, "styles", "station.css")],
  outdir: dist,
  bundle: true,
  minify: true,
  legalComments: "none",
  target: ["chrome100", "firefox100", "safari15"],
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  assetNames: "assets/[name]-[hash]",
  alias: { dkfds }, // its package.json hides its style sheets
  plugins: [withoutFonts],
  logLevel: "warning",
});
await build({
  entryPoints: { work: join(web, "scripts", "work.mjs"), editor: join(web, "scripts", "editor.mjs"), together: join(web, "scripts", "together.mjs"), pages: join(web, "scripts", "pages.mjs"), room: join(web, "scripts", "room.mjs"), station: join(web, "scripts", "station.mjs") },
  outdir: dist,
  bundle: true,
  minify: true,
  format: "esm",
  legalComments: "none",
  target: ["chrome100", "firefox100", "safari15"],
  logLevel: "warning",
});
const pdfjs = join(root, "node_modules", "pdfjs-dist");
for (const name of ["pdf.min.mjs", "pdf.worker.min.mjs"]) {
  await cp(join(pdfjs, "legacy", "build", name), join(dist, "pdf", name)); // as it is made for older browsers
}
for (const name of ["standard_fonts", "wasm"]) await cp(join(pdfjs, name), join(dist, "pdf", name), { recursive: true });
await cp(join(pdfjs, "LICENSE"), join(dist, "pdf", "LICENSE"));
await cp(join(dkfds, "dist", "img", "all-svg-icons.svg"), join(dist, "icons.svg"));
await cp(join(dkfds, "LICENSE.md"), join(dist, "LICENSE.dkfds.md"));

// The two that every page fetches are also kept compressed, for whoever serves them.
for (const name of ["site.css", "icons.svg"]) {
  const file = join(dist, name);
  const data = await readFile(file);
  await writeFile(`${file}.gz`, gzipSync(data, { level: 9 }));
  await writeFile(`${file}.br`, brotliCompressSync(data));
}
