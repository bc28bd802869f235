// One exchange by each client: a query, a mutation, an error of execution, a refused document, and a subscription
// where there is one. Each client is set up as its own manual says.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, CombinedGraphQLErrors, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { parse } from 'graphql';
import { GraphQLClient } from 'graphql-request';
import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import relay from 'relay-runtime';

const { address, token, asked } = JSON.parse(process.argv[2]);
const url = `http://${address}/graphql`;
const headers = { authorization: `Bearer ${token}` };
const sockets = () =>
  createSocketClient({ url: `ws://${address}/graphql`, connectionParams: { authorization: `Bearer ${token}` }, retryAttempts: 0 });

const codes = (errors) => errors.map((error) => error.extensions.code);

/** What a function throws, or an error if it throws nothing. */
const thrown = async (work) => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

/** All values of something with `subscribe`, until it completes or `enough`. */
const all = (observable) =>
  new Promise((resolve, reject) => {
    const values = [];
    observable.subscribe({ next: (value) => values.push(value), error: reject, complete: () => resolve(values) });
  });

/** All results of an operation of graphql-ws or graphql-sse. */
const results = (client, operation) =>
  new Promise((resolve, reject) => {
    const values = [];
    client.subscribe(operation, { next: (value) => values.push(value), error: reject, complete: () => resolve(values) });
  });

const apollo = async () => {
  const socket = sockets();
  const link = ApolloLink.split(
    ({ operationType }) => operationType === 'subscription',
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url, headers }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const ask = ({ query, variables }) => client.query({ query: gql(query), variables, fetchPolicy: 'no-cache' });
  const failure = async (operation) => {
    const error = await thrown(() => ask(operation));
    return CombinedGraphQLErrors.is(error) ? codes(error.errors) : [`${error}`];
  };
  const change = { mutation: gql(asked.mutation.query), variables: asked.mutation.variables };
  const told = {
    query: (await ask(asked.query)).data,
    mutation: (await client.mutate(change)).data,
    error: await failure(asked.error),
    invalid: await failure(asked.invalid),
  };
  if (asked.subscription) {
    const { query, variables } = asked.subscription;
    const observed = await all(client.subscribe({ query: gql(query), variables }));
    told.subscription = observed.map((result) => result.data);
  }
  client.stop();
  socket.dispose();
  return told;
};

const urql = async () => {
  const socket = sockets();
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink) }),
  });
  const client = new Client({
    url,
    exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })],
    fetchOptions: { headers },
    preferGetMethod: false,
  });
  const ask = ({ query, variables }) => client.query(query, variables ?? {}, { requestPolicy: 'network-only' }).toPromise();
  const failure = async (operation) => codes((await ask(operation)).error.graphQLErrors);
  const told = {
    query: (await ask(asked.query)).data,
    mutation: (await client.mutation(asked.mutation.query, asked.mutation.variables).toPromise()).data,
    error: await failure(asked.error),
    invalid: await failure(asked.invalid),
  };
  if (asked.subscription) told.subscription = await urqlSubscription(client);
  socket.dispose();
  return told;
};

const urqlSubscription = (client) =>
  new Promise((resolve) => {
    const values = [];
    client.subscription(asked.subscription.query, asked.subscription.variables).subscribe((result) => {
      if (result.data) values.push(result.data);
      if (values.length === asked.subscription.count) resolve([...values]);  // urql repeats the last one when it ends
    });
  });

/** The same over server-sent events, which urql reads by itself. */
const urqlEvents = async () => {
  const client = new Client({
    url, exchanges: [fetchExchange], fetchOptions: { headers }, preferGetMethod: false, fetchSubscriptions: true,
  });
  const { data } = await client.query(asked.query.query, asked.query.variables ?? {}).toPromise();
  const told = { query: data };
  if (asked.subscription) told.subscription = await urqlSubscription(client);
  return told;
};

/** What Relay's compiler would make of an operation without aliases and fragments. */
const compiled = (text) => {
  const definition = parse(text).definitions[0];
  const select = (node) => node.selectionSet.selections.map(field);
  const field = (node) => ({
    alias: null, args: null, name: node.name.value, storageKey: null,
    ...(node.selectionSet
      ? { kind: 'LinkedField', concreteType: 'Any', plural: node.name.value === 'errors', selections: select(node) }
      : { kind: 'ScalarField' }),
  });
  const selections = select(definition);
  const argumentDefinitions = definition.variableDefinitions.map((one) => ({
    kind: 'LocalArgument', name: one.variable.name.value, defaultValue: null,
  }));
  const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  return {
    kind: 'Request',
    fragment: {
      kind: 'Fragment', name: 'Exchange', metadata: null, type: roots[definition.operation],
      abstractKey: null, argumentDefinitions, selections,
    },
    operation: { kind: 'Operation', name: 'Exchange', argumentDefinitions, selections },
    params: { id: null, text, name: 'Exchange', operationKind: definition.operation, metadata: {}, cacheID: text },
  };
};

const relayRuntime = async () => {
  const socket = sockets();
  let answered;
  const send = async ({ text }, variables) => {
    const accept = 'application/graphql-response+json, application/json;q=0.9';
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, accept, 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    });
    answered = await response.json();
    return answered;
  };
  const listen = ({ text }, variables) =>
    relay.Observable.create((sink) => socket.subscribe({ query: text, variables }, sink));
  const environment = new relay.Environment({
    network: relay.Network.create(send, listen),
    store: new relay.Store(new relay.RecordSource()),
  });
  const ask = ({ query, variables }) => relay.fetchQuery(environment, compiled(query), variables ?? {}).toPromise();
  const failure = async (operation) => {
    await ask(operation).catch(() => undefined); // data with errors is no failure to Relay
    return codes(answered.errors);
  };
  const change = () =>
    new Promise((resolve, reject) => {
      const { query, variables } = asked.mutation;
      relay.commitMutation(environment, { mutation: compiled(query), variables, onCompleted: resolve, onError: reject });
    });
  const told = {
    query: await ask(asked.query),
    mutation: await change(),
    error: await failure(asked.error),
    invalid: await failure(asked.invalid),
  };
  if (asked.subscription) told.subscription = await relaySubscription(environment);
  socket.dispose();
  return told;
};

const relaySubscription = (environment) =>
  new Promise((resolve, reject) => {
    const values = [];
    relay.requestSubscription(environment, {
      subscription: compiled(asked.subscription.query),
      variables: asked.subscription.variables,
      onNext: (value) => values.push(value),
      onCompleted: () => resolve(values),
      onError: reject,
    });
  });

const graphqlRequest = async () => {
  const client = new GraphQLClient(url, { headers });
  const ask = ({ query, variables }) => client.request(query, variables);
  const failure = async (operation) => codes((await thrown(() => ask(operation))).response.errors);
  return {
    query: await ask(asked.query),
    mutation: await ask(asked.mutation),
    error: await failure(asked.error),
    invalid: await failure(asked.invalid),
  };
};

const withResults = async (client, refused) => {
  const told = {
    query: (await results(client, asked.query))[0].data,
    mutation: (await results(client, asked.mutation))[0].data,
    error: codes((await results(client, asked.error))[0].errors),
    invalid: codes(await refused(() => results(client, asked.invalid))),
  };
  if (asked.subscription) told.subscription = (await results(client, asked.subscription)).map((one) => one.data);
  await client.dispose();
  return told;
};

const clients = {
  '@apollo/client': apollo,
  '@urql/core': urql,
  '@urql/core by events': urqlEvents,
  'relay-runtime': relayRuntime,
  'graphql-request': graphqlRequest,
  'graphql-ws': () => withResults(sockets(), thrown),
  'graphql-sse': () =>
    withResults(createEventClient({ url, headers, retryAttempts: 0 }), async (work) => (await work())[0].errors),
};

const told = {};
for (const [name, exchange] of Object.entries(clients)) {
  try {
    told[name] = await exchange();
  } catch (error) {
    told[name] = { failed: error?.stack ?? JSON.stringify(error) };
  }
}
console.log(JSON.stringify(told));
process.exit(0);
