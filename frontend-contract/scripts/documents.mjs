// The contract's sources: fragments and operations, one of each in a file of its name.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';

export const ROOT = join(import.meta.dirname, '..');
export const read = (name) => readFileSync(join(ROOT, name), 'utf8');

const namesOf = (folder) => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.graphql')).sort();

export const documents = ['fragments', 'operations'].flatMap((folder) =>
  namesOf(folder).map((name) => {
    const location = `${folder}/${name}`;
    const rawSDL = read(location);
    return { location, rawSDL, document: parse(rawSDL) };
  }),
);
