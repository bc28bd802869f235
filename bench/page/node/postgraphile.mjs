// PostGraphile 5 in production mode, read-only: lists instead of connections, and the names of the other servers.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/@dataplan/pg/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { makePgSmartTagsPlugin } from 'postgraphile/utils';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const tags = [
  ['class', 'change', { ref: 'actor to:Actor singular', refVia: ['actor via:team', 'actor via:person'] }],
  ['class', 'team', { unionMember: 'Actor' }],
  ['class', 'person', { unionMember: 'Actor' }],
  ['constraint', 'model_metrics.model_metrics_model_id_fkey', { foreignSingleFieldName: 'metrics' }],
  ['constraint', 'deployment.deployment_model_id_fkey', { foreignSimpleFieldName: 'deployments' }],
];

const names = {
  name: 'BenchNamesPlugin',
  version: '1.0.0',
  inflection: {
    replace: {
      allRowsList(previous, options, resource) {
        return this.camelCase(this.pluralize(resource.name));
      },
      rowByUnique(previous, options, details) {
        const bySlug = details.unique.attributes[0] === 'slug';
        return bySlug ? this.camelCase(details.resource.name) : previous(details);
      },
    },
  },
};

const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [names, makePgSmartTagsPlugin(tags.map(([kind, match, found]) => ({ kind, match, tags: found })))],
  disablePlugins: ['NodePlugin'],
  schema: { defaultBehavior: '-connection +list -insert -update -delete' },
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false, outputDataAsString: true },
  grafast: { explain: false },
  pgServices: [makePgService({ connectionString: 'postgres://', schemas: ['public'], poolConfig: { max: Number(process.env.POOL) } })],
};

const serv = postgraphile(preset).createServ(grafserv);
const server = createServer();
await serv.addTo(server);
server.listen(Number(process.env.PORT), '127.0.0.1');
