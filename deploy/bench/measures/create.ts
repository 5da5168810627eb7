import type { BenchOptions } from '../bench-options.ts';
import { type Comparison, interleave } from '../comparison.ts';
import { type Endpoint, type HttpConnection, openConnection, requestText } from '../http-connection.ts';
import { type LoadResult, runLoad } from '../run-load.ts';

export type CreateEndpoints = { readonly floor: Endpoint; readonly product: Endpoint; readonly siteId: string };

const bodyOf = (number: number): string =>
  JSON.stringify({
    title: `Bench meeting ${number} of ${process.pid}`,
    type: 'Meeting',
    lead: 'Jérémy Dubois',
    startDateTime: '2026-03-16T14:30',
    endDateTime: '2026-03-16T15:30',
    timezone: 'Europe/Brussels',
    location: 'Room 4',
    description: 'Figures of the second quarter; they promised an answer before the end of the month.',
    notes: '',
  });

/** Commands that are acknowledged and durable: one client's time for one, and sixteen clients' number a second. */
export const measureCreation = async (
  { floor, product, siteId }: CreateEndpoints,
  { rounds, slotMs }: BenchOptions,
): Promise<Comparison[]> => {
  const opened: HttpConnection[] = [];
  const load = async (endpoint: Endpoint, path: string, clients: number): Promise<() => Promise<LoadResult>> => {
    const connections = await Promise.all(Array.from({ length: clients }, () => openConnection(endpoint.port)));
    opened.push(...connections);
    const request = (number: number) => requestText(endpoint, path, { body: bodyOf(number), siteId });
    return () => runLoad({ connections, request, milliseconds: slotMs });
  };
  const compare = async (clients: number, floorPath: string, figure: (result: LoadResult) => number) => {
    const floorLoad = await load(floor, floorPath, clients);
    const productLoad = await load(product, '/api/v1/interactions', clients);
    const sides = {
      floor: async () => figure(await floorLoad()),
      product: async () => figure(await productLoad()),
    };
    return interleave(sides, rounds);
  };
  const one = await compare(1, '/create', ({ medianMs }) => medianMs);
  const sixteen = await compare(16, '/create-locked', ({ perSecond }) => perSecond);
  for (const connection of opened) connection.close();
  return [
    {
      what: 'Create command, p50',
      against: 'verify JWT, SELECT, INSERT + COMMIT',
      unit: 'ms',
      ...one,
      goal: { at: 'most', times: 2 },
    },
    {
      what: 'Create command, 16 clients',
      against: 'the same with the locked append',
      unit: 'per s',
      ...sixteen,
      goal: { at: 'least', times: 3 },
    },
  ];
};
