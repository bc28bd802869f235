/** A `fetch` that answers from the schema: no network, no server, ids of trusted documents honoured. */
import { addMocksToSchema } from '@graphql-tools/mock';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql, type GraphQLSchema } from 'graphql';
import manifest from '../persisted-operations.json' with { type: 'json' };

export type Mocks = Record<string, () => unknown>;

/** The same values at every run, so that screens can be compared. */
const SCALARS: Mocks = {
  BigInt: () => 2140,
  Cursor: () => 'mock-cursor',
  Date: () => '2026-11-20',
  DateTime: () => '2026-11-20T12:00:00+00:00',
  Decimal: () => '185.20',
  Float: () => 820.5,
  ID: () => 'mock-id',
  Int: () => 2,
  JSON: () => ({ mock: true }),
  Secret: () => 'mock-secret',
  String: () => 'mock',
  URL: () => 'https://example.com/',
};

/** A schema that answers every question, from its SDL (the text of `schema.graphql`) and values for types by name. */
export const mockSchema = (typeDefs: string, mocks: Mocks = {}): GraphQLSchema =>
  addMocksToSchema({
    schema: makeExecutableSchema({ typeDefs }),
    mocks: { ...SCALARS, UserError: () => ({ __typename: 'InvalidInput' }), Node: () => ({ __typename: 'Model' }), ...mocks },
  });

const UNKNOWN = {
  errors: [{ message: 'There is no trusted document of that id.', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
};

/** What `createHubClient({fetch})` takes in tests and stories. */
export function mockFetch(typeDefs: string, mocks?: Mocks): typeof fetch {
  const schema = mockSchema(typeDefs, mocks);
  return async (_url, init) => {
    const { query, documentId, variables } = JSON.parse(String(init?.body));
    const source = query ?? (manifest as Record<string, string>)[documentId];
    if (!source) return Response.json(UNKNOWN, { status: 400 });
    return Response.json(await graphql({ schema, source, variableValues: variables }));
  };
}
