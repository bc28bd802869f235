// The client with graphql-ws, minified and packed, without documents; fails above the budget.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { ROOT } from './documents.mjs';

const BUDGET = 5_000;
const ENTRY = { input: join(ROOT, 'src/client.ts'), preserveEntrySignatures: 'strict' };

const { output } = await build({
  configFile: false,
  logLevel: 'error',
  build: { write: false, minify: true, modulePreload: false, target: 'es2022', rolldownOptions: ENTRY },
});
const size = gzipSync(output[0].code, { level: 9 }).length;
console.log(`client: ${size} bytes packed, ${BUDGET} at most`);
process.exit(size > BUDGET ? 1 : 0);
