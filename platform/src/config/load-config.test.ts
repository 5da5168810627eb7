import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.ts';
import { plainHttpStaysInside } from './rules.ts';
import { variables } from './variables.ts';

const schema = z.object(variables);

it('takes what is set, and the default for what is not or is empty', () => {
  const config = loadConfig(schema, { PORT: '8080', HOST: ' ', RATE_LIMIT: 'off', UNKNOWN: 'x' });
  expect(config).toMatchObject({ PORT: 8080, HOST: '127.0.0.1', RATE_LIMIT: false, IMS_DEMO: true, LOG_LEVEL: 'info' });
  expect(Object.isFrozen(config)).toBe(true);
  expect(config).not.toHaveProperty('UNKNOWN');
});

it('names every problem at once and repeats no value', () => {
  const environment = { PORT: '70000', RATE_LIMIT: 'maybe', DATABASE_URL: 'mysql://user:secret@host/db' };
  const load = () => loadConfig(schema, environment);
  expect(load).toThrow(
    /PORT: must be a port number[\s\S]*DATABASE_URL: must be an address[\s\S]*RATE_LIMIT: must be on or off/,
  );
  expect(load).not.toThrow(/secret/);
});

it('names a selected engine without its address beside every other problem', () => {
  const environment = {
    PORT: 'http',
    EVENT_LOG: 'eventstoredb',
    MESSAGES: 'nats',
    CACHE: 'redis',
    REDIS_URL: 'redis://cache',
  };
  expect(() => loadConfig(schema, environment)).toThrow(
    /PORT: must be a port[\s\S]*EVENTSTORE_URL: must be set for EVENT_LOG=eventstoredb\n {2}NATS_URL: must be set for MESSAGES=nats$/,
  );
});

it('works on the engines whose addresses are given, unless another engine is named', () => {
  const addresses = { EVENTSTORE_URL: 'esdb://log:2113', NATS_URL: 'nats://messages', REDIS_URL: 'redis://cache' };
  const engines = (environment: Record<string, string>) => {
    const { EVENT_LOG, MESSAGES, CACHE } = loadConfig(schema, environment);
    return [EVENT_LOG, MESSAGES, CACHE];
  };
  expect(engines(addresses)).toEqual(['eventstoredb', 'nats', 'redis']);
  expect(engines({ ...addresses, EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' })).toEqual([
    'postgres',
    'postgres',
    'memory',
  ]);
  expect(engines({ EVENTSTORE_URL: addresses.EVENTSTORE_URL })).toEqual(['eventstoredb', 'postgres', 'memory']);
  expect(engines({})).toEqual(['postgres', 'postgres', 'memory']);
});

it('opens plain HTTP beyond this machine only where TLS is said to stand in front', () => {
  const load = (environment: Record<string, string>) => loadConfig(schema, environment, [plainHttpStaysInside]);
  expect(() => load({ HOST: '0.0.0.0' })).toThrow(/HOST: must be 127\.0\.0\.1/);
  expect(load({ HOST: '0.0.0.0', BEHIND_TLS: 'on' }).HOST).toBe('0.0.0.0');
});

it('takes addresses, networks and names of networks as trusted proxies', () => {
  const load = (TRUSTED_PROXIES: string) => loadConfig(schema, { TRUSTED_PROXIES }).TRUSTED_PROXIES;
  expect(load('loopback, 10.0.0.0/8,2001:db8::1')).toEqual(['loopback', '10.0.0.0/8', '2001:db8::1']);
  for (const wrong of ['everybody', '10.0.0.0/33', '10.0.0.1,']) {
    expect(() => load(wrong)).toThrow(/TRUSTED_PROXIES: must be addresses/);
  }
});

it('reads a secret from the file that is named for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-config-'));
  const file = join(folder, 'database.url');
  await writeFile(file, 'postgres://ims:secret@postgres/ims\n');
  expect(loadConfig(schema, { DATABASE_URL_FILE: file }).DATABASE_URL).toBe('postgres://ims:secret@postgres/ims');
  await rm(folder, { recursive: true });
  expect(() => loadConfig(schema, { DATABASE_URL_FILE: file })).toThrow(/DATABASE_URL_FILE: names a file that cannot/);
});
