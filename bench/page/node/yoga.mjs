// GraphQL Yoga on Node's own server, with its cache of parsed and validated documents, and a DataLoader for each edge.
import { createServer } from 'node:http';
import DataLoader from 'dataloader';
import { createSchema, createYoga } from 'graphql-yoga';
import { batches, resolvers, schema } from './fields.mjs';

const edges = Object.entries(batches).map(([type, fields]) => [
  type,
  Object.fromEntries(Object.keys(fields).map((name) => [name, (object, _, { loaders }) => loaders[type][name].load(object)])),
]);

function loaders() {
  const made = {};
  for (const [type, fields] of Object.entries(batches)) {
    made[type] = {};
    for (const [name, batch] of Object.entries(fields)) made[type][name] = new DataLoader(batch, { cache: false });
  }
  return made;
}

const yoga = createYoga({
  schema: createSchema({ typeDefs: schema, resolvers: { ...resolvers, ...Object.fromEntries(edges) } }),
  context: () => ({ loaders: loaders() }),
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1');
