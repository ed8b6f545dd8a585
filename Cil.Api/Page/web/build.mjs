// Makes ../dist, which the assembly embeds, of src: one script, one style sheet, the page itself and its icon.
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { build } from "esbuild";

const out = process.argv[2] ?? "../dist";
const licence = (await readFile("node_modules/preact/LICENSE", "utf8")).trim();
const banner = `/*! Preact\n\n${licence} */`;
await mkdir(out, { recursive: true });
await build({
  entryPoints: { page: "src/main.tsx" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
  banner: { js: banner },
});
await build({ entryPoints: { page: "src/page.css" }, outdir: out, minify: true, charset: "utf8", target: "es2022" });
await copyFile("src/index.html", `${out}/index.html`);
await copyFile("src/page.svg", `${out}/page.svg`);
