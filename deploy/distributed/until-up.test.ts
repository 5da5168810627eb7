import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { untilUp } from './until-up.ts';

const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

type Details = Record<string, unknown>;

/** A gateway that tells these reports in turn, the last one for ever. */
const gateway = async (...reports: readonly Details[]): Promise<string> => {
  const left = [...reports];
  const server = createServer((_request, response) => {
    const details = left.length > 1 ? left.shift() : left[0];
    response.end(JSON.stringify({ status: 'DEGRADED', details }));
  }).listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
};

const service = (...processes: string[]) => ({
  status: processes.every((one) => one === 'UP') ? 'UP' : 'DEGRADED',
  processes,
});

const wait = (address: string, said: string[] = [], signal = new AbortController().signal) =>
  untilUp(address, { signal, say: (text) => said.push(text.trim()), tellAfterMs: 0, settleMs: 1 });

it('does not wait for what an operator must mend, and names it', async () => {
  const stopped = { db: 'UP', 'command-api': service('UP'), projector: service('DEGRADED', 'UP') };
  expect(await wait(await gateway(stopped))).toEqual(['projector']);
});

it('waits for processes that are not there yet, and says for which', async () => {
  const said: string[] = [];
  const starting = { db: 'UP', 'command-api': service('DOWN', 'UP'), projector: service('UP') };
  const well = { db: 'UP', 'command-api': service('UP', 'UP'), projector: service('UP') };
  expect(await wait(await gateway(starting, well), said)).toEqual([]);
  expect(said).toEqual(['Still waiting for command-api (DOWN, UP)']);
});

it('ends with the reason why it cannot go on', async () => {
  const refusing = new AbortController();
  refusing.abort(new Error('NATS refuses this user'));
  await expect(wait(await gateway({ db: 'DOWN' }), [], refusing.signal)).rejects.toThrow('NATS refuses this user');
});
