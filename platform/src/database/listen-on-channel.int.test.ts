import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy, targetOf, through } from '../testing/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { listenOnChannel } from './listen-on-channel.ts';
import { createPool } from './pool.ts';

let database: TestDatabase;
let proxy: TcpProxy;
beforeEach(async () => {
  database = await createTestDatabase([]);
  proxy = await startTcpProxy(() => targetOf(database.url()));
});
afterEach(async () => {
  await proxy?.close();
  await database?.drop();
});

const listen = (signal: AbortSignal, began: () => void, noticed: (payload?: string) => void = () => undefined) =>
  listenOnChannel({
    url: through(proxy, database.url()),
    applicationName: 'listener-test',
    channel: 'news',
    signal,
    began,
    noticed,
  });
const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

it('hears what is said after it began, until it is ended', async () => {
  const ending = new AbortController();
  const pool = createPool({ url: database.url(), applicationName: 'speaker' });
  const say = () => void pool.query("select pg_notify('news', 'Hear, hear')");
  const heard: (string | undefined)[] = [];
  await listen(ending.signal, say, (payload) => {
    heard.push(payload);
    ending.abort();
  });
  await pool.end();
  expect(heard).toEqual(['Hear, hear']);
});

it('leaves nothing behind on the signal, however often the server goes away', async () => {
  const { signal } = new AbortController();
  await listen(signal, proxy.cut);
  expect(listenersOn(signal)).toBe(0);
  await proxy.shut();
  await expect(listen(signal, () => undefined)).rejects.toThrow();
  expect(listenersOn(signal)).toBe(0);
});
