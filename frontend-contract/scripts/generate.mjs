// Writes src/generated/ and persisted-operations.json; with `--check` nothing, and fails if something would change.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import { preset } from '@graphql-codegen/client-preset';
import { buildSchema, parse } from 'graphql';
import { documents, read, ROOT } from './documents.mjs';
import { stamp } from './stamp.mjs';

const OUT = 'src/generated/';
const MANIFEST = 'persisted-operations.json';
const SCALARS = {
  BigInt: 'number | string',
  Cursor: 'string',
  Date: 'string',
  DateTime: 'string',
  Decimal: 'string',
  ID: 'string',
  JSON: 'unknown',
  Secret: 'string',
  URL: 'string',
};

async function generated() {
  const sdl = read('schema.graphql');
  const schemaAst = buildSchema(sdl);
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: OUT,
    schema: parse(sdl),
    schemaAst,
    documents,
    plugins: [],
    pluginMap: {},
    presetConfig: {
      fragmentMasking: { unmaskFunctionName: 'readFragment' },
      persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
    },
    config: {
      documentMode: 'string',
      enumType: 'string-literal',
      futureProofEnums: true,
      useTypeImports: true,
      strictScalars: true,
      defaultScalarType: 'unknown',
      emitLegacyCommonJSImports: false,
      importExtension: '.ts',
      scalars: SCALARS,
    },
    documentTransforms: [],
  });
  const texts = await Promise.all(sections.map(async (each) => [each.filename, await codegen(each)]));
  const files = Object.fromEntries(texts.filter(([name]) => !name.endsWith('/gql.ts') && !name.endsWith('/index.ts')));
  const manifest = JSON.parse(files[`${OUT}persisted-documents.json`]);
  delete files[`${OUT}persisted-documents.json`];
  files[MANIFEST] = JSON.stringify(manifest, null, 2);
  // Without the mark a bundler keeps every document as soon as one is used.
  files[`${OUT}graphql.ts`] = files[`${OUT}graphql.ts`].replaceAll('= new Typed', '= /*#__PURE__*/ new Typed');
  const ended = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, `${text.trimEnd()}\n`]));
  return { ...ended, [`${OUT}stamp.json`]: `${JSON.stringify(stamp(schemaAst, documents, ended), null, 2)}\n` };
}

const files = await generated();
const kept = existsSync(join(ROOT, OUT)) ? readdirSync(join(ROOT, OUT)).map((name) => OUT + name) : [];
const gone = kept.filter((name) => !(name in files));
const changed = Object.keys(files).filter((name) => !existsSync(join(ROOT, name)) || read(name) !== files[name]);
const stale = [...changed, ...gone];
if (process.argv.includes('--check')) {
  console.log(stale.length ? `stale: ${stale.join(', ')}; run \`npm run codegen\`` : 'up to date');
  process.exit(stale.length ? 1 : 0);
}
for (const name of gone) rmSync(join(ROOT, name));
for (const name of changed) {
  mkdirSync(dirname(join(ROOT, name)), { recursive: true });
  writeFileSync(join(ROOT, name), files[name]);
}
console.log(changed.length ? `wrote ${changed.join(', ')}` : 'nothing has changed');
