// What the generated files depend on, as hashes; tests/frontend_contract/stamping.py computes the same without Node.
import { createHash } from 'node:crypto';
import {
  getNamedType, isAbstractType, isEnumType, isInputObjectType, TypeInfo, typeFromAST, visit, visitWithTypeInfo,
} from 'graphql';
import { read } from './documents.mjs';

const GENERATOR = ['scripts/generate.mjs'];

const digest = (text) => createHash('sha256').update(text).digest('hex');

/** The lines of a whole enum or input, descriptions and all; other types have none. */
function whole(type) {
  const described = (name, { description }) => `${name} ${JSON.stringify(description ?? '')}`;
  const values = isEnumType(type) ? type.getValues().map((value) => described(`${type}.${value.name}`, value)) : [];
  const fields = isInputObjectType(type) ? Object.values(type.getFields()) : [];
  const mark = (field) => (field.astNode.defaultValue ? '?' : '');
  const lines = fields.map((field) => described(`${type}.${field.name}: ${field.type}${mark(field)}`, field));
  return values.length + lines.length ? [described(type, type), ...values, ...lines] : [];
}

/** What the documents use of the schema: fields with their types, whole inputs and enums, and who is behind an interface. */
export function used(schema, documents) {
  const lines = new Set();
  const seen = new Set();
  const add = (type) => {
    const named = getNamedType(type);
    if (seen.has(named)) return;
    seen.add(named);
    for (const line of whole(named)) lines.add(line);
    if (isAbstractType(named)) lines.add(`${named}: ${schema.getPossibleTypes(named).map(String).sort().join(' ')}`);
    if (isInputObjectType(named)) for (const field of Object.values(named.getFields())) add(field.type);
  };
  const info = new TypeInfo(schema);
  const visitor = {
    VariableDefinition: (node) => add(typeFromAST(schema, node.type)),
    Field(node) {
      if (node.name.value.startsWith('__')) return;
      lines.add(`${info.getParentType()}.${node.name.value}: ${info.getType()}`);
      add(info.getType());
    },
  };
  for (const { document } of documents) visit(document, visitWithTypeInfo(info, visitor));
  return [...lines].sort();
}

/** Hashes of the sources, of what they use of the schema, and of each generated file. */
export function stamp(schema, documents, files) {
  const sources = documents.map(({ location, rawSDL }) => [location, rawSDL]);
  const made = [...GENERATOR.map((name) => [name, read(name)]), ...sources];
  return {
    sources: digest(made.map(([name, text]) => `${name}\0${text}\0`).join('')),
    schema: digest(used(schema, documents).join('\n')),
    files: Object.fromEntries(Object.keys(files).sort().map((name) => [name, digest(files[name])])),
  };
}
