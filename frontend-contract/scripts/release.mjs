// Keeps what clients of this version rely on: released/<version>/{schema.graphql,persisted-operations.json}.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, print, printSchema, visit } from 'graphql';
import { read, ROOT } from './documents.mjs';

const { version } = JSON.parse(read('package.json'));
const folder = join(ROOT, 'released', version);
if (existsSync(folder)) throw new Error(`${version} is released: raise the version in package.json first`);
mkdirSync(folder, { recursive: true });
copyFileSync(join(ROOT, 'persisted-operations.json'), join(folder, 'persisted-operations.json'));
const bare = visit(parse(printSchema(buildSchema(read('schema.graphql')))), {
  enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
});
writeFileSync(join(folder, 'schema.graphql'), `${print(bare)}\n`);
console.log(`released ${version}`);
