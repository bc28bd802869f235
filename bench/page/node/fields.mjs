// What Mercurius and Yoga serve: one schema, and edges that are asked for with all objects of a level at once.
import { GraphQLScalarType } from 'graphql';
import postgres from 'postgres';

const sql = postgres({ max: Number(process.env.POOL), onnotice: () => {} });

const modelColumns = sql`
  id, slug, name, description, status, license, context_window as "contextWindow", popularity, rating, price,
  is_public as "isPublic", owner, created_at as "createdAt"`;

export const schema = `
  scalar DateTime
  scalar Decimal
  enum ModelStatus { ACTIVE PREVIEW DEPRECATED }
  enum DeploymentPhase { RUNNING SCALING STOPPED }
  type Query {
    models(first: Int!): [Model!]!
    model(slug: String!): Model
    samples(first: Int!): [Sample!]!
    changes(first: Int!): [Change!]!
  }
  type Model {
    slug: String! name: String! description: String! status: ModelStatus! license: String! contextWindow: Int!
    popularity: Int! rating: Float! price: Decimal! isPublic: Boolean! owner: String createdAt: DateTime!
    deployments: [Deployment!]! metrics: Metrics
  }
  type Deployment { name: String! environment: String! phase: DeploymentPhase! replicas: Int! latencyMs: Float! }
  type Metrics { requests: Int! errors: Int! latencyP50: Float! latencyP95: Float! cost: Decimal! uptime: Float! }
  type Sample {
    label: String! host: String! unit: String! kind: String! count: Int! errors: Int! mean: Float! peak: Float!
    healthy: Boolean! takenAt: DateTime!
  }
  type Change { summary: String! kind: String! happenedAt: DateTime! actor: Actor }
  union Actor = Team | Person
  type Team { title: String! area: String! members: Int! }
  type Person { name: String! email: String! city: String! }
`;

export const resolvers = {
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: (value) => value.toISOString() }),
  Decimal: new GraphQLScalarType({ name: 'Decimal', serialize: (value) => value }),
  Query: {
    models: (_, { first }) => sql`select ${modelColumns} from model order by id limit ${first}`,
    model: async (_, { slug }) => (await sql`select ${modelColumns} from model where slug = ${slug}`)[0],
    samples: (_, { first }) => sql`
      select label, host, unit, kind, count, errors, mean, peak, healthy, taken_at as "takenAt"
      from sample order by id limit ${first}`,
    changes: (_, { first }) => sql`
      select summary, kind, happened_at as "happenedAt", team_id as "teamId", person_id as "personId"
      from change order by id limit ${first}`,
  },
};

export const batches = {
  Model: {
    deployments: async (models) => {
      const rows = await sql`
        select model_id as "modelId", name, environment, phase, replicas, latency_ms as "latencyMs" from deployment
        where model_id = any(${models.map(({ id }) => id)}::int[]) order by model_id, id`;
      const groups = Map.groupBy(rows, (row) => row.modelId);
      return models.map(({ id }) => groups.get(id) ?? []);
    },
    metrics: async (models) => {
      const rows = await sql`
        select model_id as "modelId", requests, errors, latency_p50 as "latencyP50", latency_p95 as "latencyP95", cost, uptime
        from model_metrics where model_id = any(${models.map(({ id }) => id)}::int[])`;
      const found = new Map(rows.map((row) => [row.modelId, row]));
      return models.map(({ id }) => found.get(id) ?? null);
    },
  },
  Change: {
    actor: async (changes) => {
      const teams = changes.filter(({ teamId }) => teamId).map(({ teamId }) => teamId);
      const people = changes.filter(({ personId }) => personId).map(({ personId }) => personId);
      const [foundTeams, foundPeople] = await Promise.all([
        sql`select id, title, area, members, 'Team' as "__typename" from team where id = any(${teams}::int[])`,
        sql`select id, name, email, city, 'Person' as "__typename" from person where id = any(${people}::int[])`,
      ]);
      const teamById = new Map(foundTeams.map((row) => [row.id, row]));
      const personById = new Map(foundPeople.map((row) => [row.id, row]));
      return changes.map(({ teamId, personId }) => (teamId ? teamById.get(teamId) : personById.get(personId)) ?? null);
    },
  },
};
