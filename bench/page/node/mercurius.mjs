// Mercurius as its documentation tunes it: compiled queries, loaders (without their cache: no key is asked for twice),
// no log, statements prepared by the driver.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { batches, resolvers, schema } from './fields.mjs';

const loaders = mapped(batches, (fields) => mapped(fields, uncached));

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function uncached(batch) {
  return { loader: (asked) => batch(asked.map(({ obj }) => obj)), opts: { cache: false } };
}

const app = Fastify({ logger: false });
app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  jit: 1,
  compilerOptions: { disablingCapturingStackErrors: true },
});
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
