import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Instance, ServiceName } from './instances.ts';
import type { Random } from './random.ts';
import type { Topology } from './topology.ts';

/** Something that goes wrong; when `strike` resolves it is over, and what it hit may still be recovering. */
export type Fault = { readonly name: string; strike(topology: Topology, random: Random): Promise<void> };

/** Longer than a lease: who comes back then has been replaced. */
const beyondLeaseMs = 6_000;
const trapPatienceMs = 3_000;

const oneOf = (topology: Topology, service: ServiceName, random: Random): Instance => random.pick(topology.of(service));

const kill = (service: ServiceName): Fault => ({
  name: `kill -9 of a ${service}`,
  strike: async (topology, random) => oneOf(topology, service, random).kill(),
});

const pause = (service: ServiceName, ms: number): Fault => ({
  name: `${service} hangs for ${ms / 1_000} s`,
  strike: async (topology, random) => {
    const instance = oneOf(topology, service, random);
    instance.pause();
    await delay(ms);
    instance.resume();
  },
});

/** Waits until the process is exactly there, holds it there, and kills it. Both are watched: either may be next. */
const killAt = (
  service: ServiceName,
  where: string,
  point: { readonly text: string; readonly when: 'asked' | 'answered' },
): Fault => ({
  name: `kill -9 of a ${service} ${where}`,
  strike: async (topology) => {
    const traps = topology.of(service).map((instance) => ({ instance, trap: instance.gate.trap(point) }));
    const first = await Promise.race([
      ...traps.map(async ({ instance, trap }) => {
        await trap.caught;
        return instance;
      }),
      delay(trapPatienceMs, undefined),
    ]);
    for (const { instance, trap } of traps) if (instance !== first) trap.disarm();
    if (!first) throw new Error(`Nobody came to the point "${where}" within ${trapPatienceMs} ms.`);
    first.kill();
  },
});

const cut = (service: ServiceName): Fault => ({
  name: `connections of every ${service} to PostgreSQL cut`,
  strike: async (topology) => {
    for (const { gate } of topology.of(service)) gate.cut();
  },
});

const killPostgres: Fault = {
  name: 'kill -9 of every process of PostgreSQL',
  strike: async ({ postgres }) => {
    await postgres.kill();
    await postgres.restart();
  },
};

const engineFaults: readonly Fault[] = [
  { name: 'kill -9 of NATS', strike: ({ nats }) => restarted(nats) },
  { name: 'NATS hangs for 2 s', strike: ({ nats }) => hung(nats, 2_000) },
  { name: 'kill -9 of Redis', strike: ({ redis }) => restarted(redis) },
  { name: 'Redis hangs for 2 s', strike: ({ redis }) => hung(redis, 2_000) },
  {
    name: 'Redis flushed',
    strike: async ({ redis }) => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
  },
];

type Engine = Topology['nats'];

const restarted = async (engine: Engine): Promise<void> => {
  await engine.kill();
  await delay(500);
  await engine.restart();
};

const hung = async (engine: Engine, ms: number): Promise<void> => {
  engine.stop();
  await delay(ms);
  engine.resume();
};

const twoByMistake: Fault = {
  name: 'a third projector by mistake',
  strike: async (topology) => {
    const mistake = await topology.addByMistake('projector');
    await mistake.stop();
  },
};

/** As it travels: length and text, for the word alone stands in other statements as well. */
const commitMessage = '\u000bcommit\u0000';

/** Every kind once, in the order of the issue: processes at named points, processes hanging, connections, engines. */
export const faults: readonly Fault[] = [
  kill('command-api'),
  killAt('command-api', 'before an append', { text: 'event_log_append', when: 'asked' }),
  killAt('command-api', 'after an append, before its answer', { text: 'event_log_append', when: 'answered' }),
  kill('query-api'),
  kill('projector'),
  killAt('projector', 'between rows and checkpoint', { text: 'insert into read.site_generations', when: 'asked' }),
  killAt('projector', 'after a commit, before it was told', { text: commitMessage, when: 'answered' }),
  pause('command-api', 2_000),
  pause('query-api', 2_000),
  pause('projector', beyondLeaseMs),
  cut('command-api'),
  cut('query-api'),
  cut('projector'),
  killPostgres,
  ...engineFaults,
  twoByMistake,
];
