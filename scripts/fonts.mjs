// Puts the typefaces that PDFs are set in beside their writer, in src/raadslag/core/writers/fonts, which is
// never committed. They are the design system's own, so a page and its PDF look alike.
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const from = join(root, "node_modules", "dkfds", "dist", "fonts", "IBMPlexSans", "complete", "ttf");
const to = join(root, "src", "raadslag", "core", "writers", "fonts");

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
for (const style of ["Regular", "Italic", "Medium", "MediumItalic", "SemiBold", "SemiBoldItalic", "Bold", "BoldItalic"]) {
  await cp(join(from, `IBMPlexSans-${style}.ttf`), join(to, `IBMPlexSans-${style}.ttf`));
}
await cp(join(from, "license.txt"), join(to, "LICENSE.txt"));
