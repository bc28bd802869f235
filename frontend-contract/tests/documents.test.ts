import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { mockFetch } from '../mocks/index.ts';
import manifest from '../persisted-operations.json' with { type: 'json' };
import * as contract from '../src/index.ts';

const sdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(sdl);
const operations = readdirSync(new URL('../operations', import.meta.url)).map((name) => name.replace('.graphql', ''));
const named = contract as unknown as Record<string, contract.Sendable>;
const hub = (more: Partial<contract.HubClientOptions> = {}) =>
  contract.createHubClient({ url: 'http://hub/graphql', wsUrl: 'ws://hub', getToken: () => 't', fetch: mockFetch(sdl), ...more });

describe('the manifest', () => {
  it.each(Object.entries(manifest))('%s is the hash of a valid document', (id, text) => {
    expect(validate(schema, parse(text))).toEqual([]);
    expect(`sha256:${createHash('sha256').update(text).digest('hex')}`).toBe(id);
  });

  it('has the document of every operation, and no other', () => {
    const ids = operations.map((name) => named[`${name}Document`]?.__meta__?.['hash']);
    expect([...ids].sort()).toEqual(Object.keys(manifest).sort());
  });
});

describe('mocks', () => {
  it('answer by id alone, typed and masked', async () => {
    const data = await hub({ trusted: true }).execute(contract.CatalogDocument, { query: 'gpt' });
    const [node] = data.models.nodes;
    const card = contract.readFragment(contract.ModelCardFragmentDoc, node!);
    expect(contract.multiplyDecimals(card.baselineMetrics.costPer1kTokens!, '10')).toBe('1852.00');
    // @ts-expect-error a parent cannot read what a fragment asked for
    void node!.slug;
  });

  it('refuse an id that no manifest has', async () => {
    const foreign = new contract.TypedDocumentString('query Foreign { eventCursor }', { hash: 'sha256:0' });
    const failure = await hub({ trusted: true }).execute(foreign, {}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND', status: 400 });
    expect(contract.reactionToFailure(failure)).toBe('mendClient');
  });

  it('take values of one\'s own', async () => {
    const fetch = mockFetch(sdl, { DashboardSummary: () => ({ totalModels: 7 }) });
    const { dashboard } = await hub({ fetch }).execute(contract.OverviewDocument, {});
    const { summary } = contract.readFragment(contract.DashboardPanelsFragmentDoc, dashboard!);
    expect(contract.readFragment(contract.QuickStatsFragmentDoc, summary).totalModels).toBe(7);
  });
});
