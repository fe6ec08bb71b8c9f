// Bundles the browser sources of this folder. Prints what it made and how large it is.
// BUNDLES_TO: the folder to fill, else web/static/dist.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const outdir = process.env.BUNDLES_TO || join(root, 'web', 'static', 'dist');

// Each becomes dist/<name>.js and, where it imports styles, dist/<name>.css.
const ENTRIES = ['viewer'];

// Published ready to use: taken as they are.
const COPIES = {
  'pico.css': '@picocss/pico/css/pico.min.css',
  'htmx.js': 'htmx.org/dist/htmx.min.js',
};

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
const { metafile } = await esbuild.build({
  absWorkingDir: root,
  metafile: true,
  entryPoints: ENTRIES.map((name) => join(here, `${name}.js`)),
  outdir,
  bundle: true,
  minify: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  chunkNames: 'chunks/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
  loader: { '.svg': 'file', '.woff': 'file', '.woff2': 'file' },
  legalComments: 'linked',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
});
for (const [name, source] of Object.entries(COPIES)) copyFileSync(join(root, 'node_modules', source), join(outdir, name));
writeFileSync(join(outdir, 'licences.txt'), licences([...Object.keys(metafile.inputs), ...Object.values(COPIES).map((path) => `node_modules/${path}`)]));

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
for (const name of [...ENTRIES.flatMap((entry) => [`${entry}.js`, `${entry}.css`]), ...Object.keys(COPIES)]) {
  const bytes = readFileSync(join(outdir, name));
  console.log(basename(name).padEnd(14), kilobytes(bytes.length).padStart(8), 'gzip', kilobytes(gzipSync(bytes).length).padStart(7));
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
