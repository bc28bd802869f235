// Against a real server that takes trusted documents only; tests/frontend_contract/test_npm.py starts it.
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import * as contract from '../src/index.ts';

interface Given {
  url: string;
  control: string;
  token: string;
  variables: Record<string, never>;
}

const given = JSON.parse(process.env['HUB'] ?? 'null') as Given;
const documents = Object.entries(contract as unknown as Record<string, contract.HubDocument<Record<string, any>, unknown>>)
  .filter(([name]) => name.endsWith('Document'))
  .map(([name, document]) => [name.replace(/Document$/, ''), document] as const);
const ONCE = 'InferenceTokens';
const ofKind = (kind: string) => documents.filter(([, document]) => document.toString().trimStart().startsWith(kind));
const command = (name: string) => fetch(`${given.control}/${name}`, { method: 'POST' });

const opened: contract.HubClient[] = [];
function hub(more: Partial<contract.HubClientOptions> = {}): contract.HubClient {
  const made = contract.createHubClient({
    url: given.url,
    wsUrl: given.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    getToken: () => given.token,
    trusted: true,
    maxBackOffMs: 300,
    ...more,
  });
  opened.push(made);
  return made;
}
afterEach(() => opened.splice(0).forEach((each) => each.dispose()));

async function until(isSo: () => unknown): Promise<void> {
  for (let tries = 0; tries < 150 && !isSo(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** What a subscription tells from now on, without its position and time. */
class Ear {
  readonly cursors: string[] = [];
  last: unknown;

  constructor(client: contract.HubClient, name: string, variables: object) {
    const document = documents.find(([other]) => other === name)![1];
    void this.listen(client.subscribe(document, variables, { cursorOf: (data) => Object.values(data)[0].cursor }));
  }

  private async listen(events: AsyncIterable<Record<string, any>>): Promise<void> {
    for await (const data of events) {
      const { cursor, occurredAt, ...rest } = Object.values(data)[0];
      this.cursors.push(cursor);
      this.last = JSON.parse(JSON.stringify(rest, (key, value) => (['eventCursor', 'from', 'to'].includes(key) ? undefined : value)));
    }
  }
}

/** What a deployed model says, and what came of asking it. */
async function asked(answers: AsyncIterable<contract.InferenceTokensSubscription>) {
  let text = '';
  for await (const { inferenceTokens } of answers) {
    text += inferenceTokens.text;
    if (inferenceTokens.result) return { text, result: contract.readFragment(contract.TrialFindingsFragmentDoc, inferenceTokens.result) };
  }
  throw new Error('it ended without a result');
}

describe.skipIf(!given)('a real server', () => {
  it.each(ofKind('query'))('answers %s by its id', async (name, document) => {
    await expect(hub().execute(document, given.variables[name])).resolves.toBeTruthy();
  });

  it('refreshes a token that is not taken once, for all who wait', async () => {
    let token = 'old';
    let refreshed = 0;
    const refreshToken = async () => { refreshed += 1; await Promise.resolve(); token = given.token; };
    const client = hub({ getToken: () => token, refreshToken });
    await Promise.all([1, 2, 3].map(() => client.execute(contract.EventCursorDocument, {})));
    expect(refreshed).toBe(1);
    token = 'old';
    const live = hub({ getToken: () => token, refreshToken });
    const { value } = await live.subscribe(contract.OverviewChangedDocument, {}).next();
    expect(value).toBeTruthy();
    expect(refreshed).toBe(2);
  });

  it('says when the session is over', async () => {
    const states: string[] = [];
    const over = async () => { throw new contract.HubError([{ message: 'over', extensions: { code: 'UNAUTHORIZED' } }], 401); };
    const client = hub({ getToken: () => 'old', refreshToken: over, onStatus: ({ state }) => states.push(state) });
    const failure = await client.subscribe(contract.OverviewChangedDocument, {}).next().catch((error: unknown) => error);
    expect(contract.reactionToFailure(failure)).toBe('signIn');
    expect(states.at(-1)).toBe('expired');
  });

  it('closes a gap by fetching anew', async () => {
    const foreign = 'S6IJMybTRSmHw3itjXGPGAABAAAAAAAAAAM';
    let gaps = 0;
    const client = hub();
    const onGap = async () => {
      gaps += 1;
      const { eventCursor } = await client.execute(contract.EventCursorDocument, {});
      setTimeout(() => void command('act'), 200);
      return eventCursor;
    };
    const events = client.subscribe(contract.ModelChangedDocument, { after: foreign }, { onGap });
    expect((await events.next()).value).toMatchObject({ modelChanged: { kind: 'model.registered' } });
    expect(gaps).toBe(1);
    const without = client.subscribe(contract.ModelChangedDocument, { after: foreign });
    await expect(without.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('tells what a deployed model says, token by token', async () => {
    const { text, result } = await asked(hub().subscribe(contract.InferenceTokensDocument, given.variables[ONCE]!, { isOnce: true }));
    expect(result).toMatchObject({ status: 'OK', output: text });
  });

  it('loses nothing of any subscription when it is restarted', async () => {
    const states: string[] = [];
    const client = hub({ onStatus: ({ state }) => states.push(state) });
    const { eventCursor } = await client.execute(contract.EventCursorDocument, {});
    const variablesOf = (name: string) => ({ ...(given.variables[name] as unknown as object), after: eventCursor });
    const listen = (by: contract.HubClient) =>
      Object.fromEntries(ofKind('subscription').filter(([name]) => name !== ONCE).map(([name]) => [name, new Ear(by, name, variablesOf(name))]));
    const ears = listen(client);
    await command('act');
    await until(() => Object.values(ears).every(({ cursors }) => cursors.length));
    for (const [name, ear] of Object.entries(ears)) expect(ear.cursors.length, name).toBeGreaterThan(0);
    const once = client.subscribe(contract.InferenceTokensDocument, given.variables[ONCE]!, { isOnce: true });
    await once.next();
    const cut = expect(asked(once)).rejects.toMatchObject({ status: 1006 });
    await command('down');
    await cut;
    await command('act');
    await command('up');
    await command('act');
    const fresh = listen(hub());
    const streams = Object.keys(ears).filter((name) => !/Overview|Metrics|Results/.test(name));
    const isSame = (name: string) => JSON.stringify(ears[name]!.cursors) === JSON.stringify(fresh[name]!.cursors);
    await until(() => streams.every((name) => fresh[name]!.cursors.length >= 3 && isSame(name)));
    for (const name of streams) {
      expect(fresh[name]!.cursors.length, name).toBeGreaterThanOrEqual(3);
      expect(ears[name]!.cursors, name).toEqual(fresh[name]!.cursors);
    }
    const snapshots = Object.keys(ears).filter((name) => !streams.includes(name));
    await until(() => snapshots.every((name) => JSON.stringify(ears[name]!.last) === JSON.stringify(fresh[name]!.last)));
    for (const name of snapshots) expect(ears[name]!.last, name).toEqual(fresh[name]!.last);
    expect(states.filter((state) => state === 'live').length).toBe(2);
    expect(states).toContain('reconnecting');
  }, 60_000);
});
