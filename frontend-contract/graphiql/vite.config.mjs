import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const WORKSPACE = join(import.meta.dirname, '..');
const OUT_DIR = join(WORKSPACE, '../app/web/static/graphiql');

// tests/web/test_graphiql_bundle.py computes the same hash without Node, so a stale build fails a plain pytest run.
const SOURCES = [
  'graphiql/index.html',
  'graphiql/package.json',
  'graphiql/src',
  'graphiql/tsconfig.json',
  'graphiql/vite.config.mjs',
  'package-lock.json',
];

function filesUnder(path) {
  if (!statSync(join(WORKSPACE, path)).isDirectory()) return [path];
  return readdirSync(join(WORKSPACE, path)).flatMap((name) => filesUnder(`${path}/${name}`));
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesUnder).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(WORKSPACE, file))).update('\0');
  }
  return hash.digest('hex');
}

const stampSourceHash = {
  name: 'stamp-source-hash',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'source-hash.txt', source: `${sourceHash()}\n` });
  },
};

// build.license does not look into the workers, nor at the notices of what Monaco itself bundles.
const UNLISTED_NOTICES = ['monaco-editor/ThirdPartyNotices.txt', 'picomatch-browser/LICENSE'];

const addUnlistedNotices = {
  name: 'add-unlisted-notices',
  generateBundle() {
    const notices = UNLISTED_NOTICES.map((file) => {
      const text = readFileSync(join(WORKSPACE, 'node_modules', file), 'utf8').replaceAll('\r\n', '\n');
      return `==== ${file}\n\n${text.trim()}\n`;
    });
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES.txt', source: notices.join('\n') });
  },
};

// A third of the style sheet is two embedded text fonts; Monaco and page.css fall back to the reader's own.
const dropEmbeddedTextFonts = {
  name: 'drop-embedded-text-fonts',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/graphiql/dist/style.css')) return undefined;
    return code.replace(/@font-face\s*\{\s*font-family:\s*"?(Roboto|Fira Code)\b[^}]*\}/g, '');
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/graphiql-assets/',
  plugins: [dropEmbeddedTextFonts, addUnlistedNotices, stampSourceHash],
  worker: { format: 'es' },
  build: {
    outDir: OUT_DIR,
    emptyOutDir: true,
    target: 'es2022',
    license: { fileName: 'THIRD-PARTY-LICENSES.md' },
    chunkSizeWarningLimit: 5000,
    // "use client" in the libraries means nothing here, and a hundred warnings about it would hide a real one.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
