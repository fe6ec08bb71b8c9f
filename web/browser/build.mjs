// Bundles the browser's sources: what each room has (web/<room>/<room>.js and .css), and the viewer of diagrams beside
// this file. Prints what it made and how large it is; a bundle that outgrows its limit fails the build.
// BUNDLES_TO: the folder to fill, else web/static/dist.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const outdir = process.env.BUNDLES_TO || join(root, 'web', 'static', 'dist');

// How large a bundle may become, in kB before compression: what was measured and a little room. Raise a limit when what
// is added is worth that to everybody who opens the page.
const LIMITS = { 'shell.css': 112, 'shell.js': 88, 'studio.css': 24, 'studio.js': 24, 'viewer.css': 34, 'viewer.js': 220, 'modeler.css': 45, 'modeler.js': 700, 'charts.js': 600 };
const LIMIT_OF_ROOMS = { css: 15, js: 14 };

const rooms = readdirSync(join(root, 'web'), { withFileTypes: true }).filter((each) => each.isDirectory()).map((each) => each.name);
const entries = rooms.flatMap((room) => readdirSync(join(root, 'web', room))
  .filter((file) => file === `${room}.js` || file === `${room}.css`).map((file) => `web/${room}/${file}`));

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
const { metafile } = await esbuild.build({
  absWorkingDir: root,
  metafile: true,
  entryPoints: [...entries, 'web/browser/viewer.js', 'web/browser/modeler.js', 'web/browser/charts.js'],
  outdir,
  entryNames: '[name]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  assetNames: 'assets/[name]-[hash]',
  loader: { '.svg': 'file', '.woff': 'file', '.woff2': 'file' },
  legalComments: 'linked',
  logLevel: 'warning',
  plugins: [{ name: 'labels in two languages', setup: (build) => build.onResolve({ filter: /util\/LabelUtil(\.js)?$/ }, useOurLabels) }],
  define: { 'process.env.NODE_ENV': '"production"' },
});
writeFileSync(join(outdir, 'licences.txt'), licences(Object.keys(metafile.inputs)));

const shown = (kilobytes) => `${kilobytes.toFixed(1)} kB`.padStart(9);
for (const name of readdirSync(outdir).filter((file) => /\.(js|css)$/.test(file)).sort()) {
  const bytes = readFileSync(join(outdir, name));
  const [size, packed] = [bytes.length / 1024, gzipSync(bytes).length / 1024];
  const limit = LIMITS[name] ?? LIMIT_OF_ROOMS[name.split('.').at(-1)];
  console.log(name.padEnd(18), shown(size), 'gzip', shown(packed), 'limit', shown(limit));
  if (size > limit) {
    console.error(`${name} is larger than its limit in web/browser/build.mjs.`);
    process.exitCode = 1;
  }
}

function useOurLabels({ importer }) {
  const labels = join(here, 'labels.js');
  return importer === labels ? undefined : { path: labels };
}

// The licence of every package whose code is in here, in one text beside the bundles.
function licences(files) {
  const names = files.map((file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
  const packages = [...new Set(names)].filter(Boolean).sort();
  return packages.map((name) => `${name}\n\n${licence(join(root, 'node_modules', name))}`).join(`\n${'-'.repeat(80)}\n`);
}

function licence(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file ? readFileSync(join(folder, file), 'utf8') : `${JSON.parse(readFileSync(join(folder, 'package.json'))).license}\n`;
}
