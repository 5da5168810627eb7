import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.ts';
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
