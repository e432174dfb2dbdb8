// Builds frontend/dist/huzhou_targets/{app.css,app.js,charts.js,screen.js,sheet.js}. Run by `npm run build`.
//
// The style sheet is compiled from Bootstrap's own SCSS with only the parts the pages use; charts
// and the typed return's sheet are files of their own, which only pages with them load.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist", "huzhou_targets");
// The oldest browser that the city's offices still run (360 and WPS browsers on Chromium 90).
const target = ["chrome90"];

await rm(join(here, "dist"), { recursive: true, force: true });
await mkdir(out, { recursive: true });

const styles = sass.compile(join(here, "scss", "app.scss"), {
  loadPaths: [join(here, "..", "node_modules")],
  quietDeps: true,
  // Bootstrap 5.3 is still written with @import; its own release notes ask to silence these.
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
const css = await esbuild.transform(styles.css, { loader: "css", minify: true, target });
await writeFile(join(out, "app.css"), css.code);

await esbuild.build({
  entryPoints: [join(here, "js", "app.js"), join(here, "js", "charts.js"), join(here, "js", "screen.js"), join(here, "js", "sheet.js")],
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});

// Packed twins, so that the embedded mode too sends what a browser accepts packed.
for (const name of await readdir(out)) {
  const bytes = await readFile(join(out, name));
  await writeFile(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}
