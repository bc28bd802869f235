// The public audit of GraphQL over HTTP. Requests by GET carry the header that shows they are no page's by chance.
import { serverAudits } from 'graphql-http';

const { url } = JSON.parse(process.argv[2]);

const fetchFn = (address, options = {}) =>
  (options.method ?? 'GET') === 'GET'
    ? fetch(address, { ...options, headers: { ...options.headers, 'GraphQL-Require-Preflight': '1' } })
    : fetch(address, options);

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  results.push({ id: result.id, name: result.name, status: result.status, reason: result.reason });
}
console.log(JSON.stringify(results));
