import type { BenchOptions } from '../bench-options.ts';
import { type Comparison, type Goal, interleave } from '../comparison.ts';
import { type Endpoint, type HttpConnection, openConnection, requestText } from '../http-connection.ts';
import { runLoad } from '../run-load.ts';

export type FinderEndpoints = {
  readonly floor: Endpoint;
  readonly product: Endpoint;
  readonly siteId: string;
  /** Interactions of that site. */
  readonly rows: number;
};

type Measure = {
  readonly what: string;
  readonly against: string;
  readonly goal: Goal;
  /** Paths of the n-th request. */
  readonly floor: (number: number) => string;
  readonly product: (number: number) => string;
  /** How many different requests there are: all of them are compared before. */
  readonly variants: number;
};

type FloorAnswer = {
  readonly rows: readonly { readonly id: string; readonly start_utc: string }[];
  readonly total?: number;
};
type ProductAnswer = {
  readonly interactions: readonly { readonly id: string }[];
  readonly total: number | null;
  readonly totalIsExact: boolean;
  readonly nextCursor: string | null;
};

const connectionCount = 10;
const pageSize = 25;
/** From every second record to one in thousands, accents among them. */
const words = [
  'meeting',
  'budget',
  'hospital network',
  'fisheries',
  'kredit',
  'jeremy',
  'besancon',
  'spotkanie',
  'luleå',
];

const listPath = (siteId: string, query: Record<string, string> = {}): string =>
  `/api/v1/interactions?${new URLSearchParams({ siteId, ...query })}`;

const ask = async <Body>(endpoint: Endpoint, path: string): Promise<Body> => {
  const connection = await openConnection(endpoint.port);
  const { status, body } = await connection.exchange(requestText(endpoint, path));
  connection.close();
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${body.slice(0, 300)}`);
  return JSON.parse(body) as Body;
};

const pageMeasures = (siteId: string): Measure[] => [
  {
    what: 'Finder page 1',
    against: 'the same SELECT',
    goal: { at: 'least', times: 0.5 },
    floor: () => `/page?site=${siteId}`,
    product: () => listPath(siteId, { total: 'skip' }),
    variants: 1,
  },
  {
    what: 'Finder page 1 with total',
    against: 'the same SELECT and count(*)',
    goal: { at: 'least', times: 5 },
    floor: () => `/page-and-total?site=${siteId}`,
    product: () => listPath(siteId),
    variants: 1,
  },
];

const searchMeasures = (siteId: string): Measure[] => {
  const word = (number: number) => words[number % words.length] ?? '';
  const missing = (number: number) => `zqx${number % 1_000}`;
  return [
    {
      what: 'Word search with total',
      against: 'tsvector SELECT and count(*)',
      goal: { at: 'least', times: 0.7 },
      floor: (number) => `/search?${new URLSearchParams({ site: siteId, words: word(number) })}`,
      product: (number) => listPath(siteId, { search: word(number) }),
      variants: words.length,
    },
    {
      what: 'Search without a hit',
      against: 'tsvector SELECT and count(*)',
      goal: { at: 'least', times: 0.4 },
      floor: (number) => `/search?site=${siteId}&words=${missing(number)}`,
      product: (number) => listPath(siteId, { search: missing(number) }),
      variants: 1,
    },
  ];
};

/** The deep page, by its number and from the row before it. */
const deepMeasures = async ({ floor, product, siteId, rows }: FinderEndpoints): Promise<Measure[]> => {
  const page = Math.min(4_000, Math.floor(rows / pageSize));
  const previous = { total: 'skip', page: String(page - 1) };
  const { nextCursor } = await ask<ProductAnswer>(product, listPath(siteId, previous));
  const before = await ask<FloorAnswer>(floor, `/jump?site=${siteId}&offset=${(page - 2) * pageSize}`);
  const last = before.rows.at(-1);
  if (!last || nextCursor === null) throw new Error(`There is no page ${page}.`);
  const name = `Page ${page.toLocaleString('en')}`;
  const place = new URLSearchParams({ site: siteId, start: last.start_utc, id: last.id });
  return [
    {
      what: `${name} by jump`,
      against: 'the same SELECT with OFFSET',
      goal: { at: 'least', times: 0.7 },
      floor: () => `/jump?site=${siteId}&offset=${(page - 1) * pageSize}`,
      product: () => listPath(siteId, { total: 'skip', page: String(page) }),
      variants: 1,
    },
    {
      what: `${name} by cursor`,
      against: 'the same SELECT after a row',
      goal: { at: 'least', times: 0.5 },
      floor: () => `/after?${place}`,
      product: () => listPath(siteId, { total: 'skip', cursor: nextCursor }),
      variants: 1,
    },
  ];
};

/** How the product's answer differs from the floor's, in words; nothing when it does not. */
const differenceOf = async (endpoints: FinderEndpoints, measure: Measure): Promise<string | undefined> => {
  for (let number = 0; number < measure.variants; number += 1) {
    const floor = await ask<FloorAnswer>(endpoints.floor, measure.floor(number));
    const product = await ask<ProductAnswer>(endpoints.product, measure.product(number));
    const path = measure.product(number).slice(measure.product(number).indexOf('&') + 1);
    const floorIds = floor.rows.map(({ id }) => id).join();
    if (floorIds !== product.interactions.map(({ id }) => id).join()) return `other rows for ${path}`;
    if (floor.total === undefined) continue;
    const isSame = product.totalIsExact ? product.total === floor.total : (product.total ?? 0) <= floor.total;
    if (!isSame) return `total ${product.total} instead of ${floor.total} for ${path}`;
  }
  return undefined;
};

const rate = async (
  connections: readonly HttpConnection[],
  endpoint: Endpoint,
  path: (number: number) => string,
  milliseconds: number,
): Promise<number> => {
  const request = (number: number) => requestText(endpoint, path(number));
  return (await runLoad({ connections, request, milliseconds })).perSecond;
};

const openConnections = (port: number, count: number): Promise<HttpConnection[]> =>
  Promise.all(Array.from({ length: count }, () => openConnection(port)));

export const measureFinder = async (
  endpoints: FinderEndpoints,
  { rounds, slotMs }: BenchOptions,
  onMeasure: (what: string) => void,
): Promise<Comparison[]> => {
  const { floor, product, siteId } = endpoints;
  const measures = [...pageMeasures(siteId), ...searchMeasures(siteId), ...(await deepMeasures(endpoints))];
  const floorConnections = await openConnections(floor.port, connectionCount);
  const productConnections = await openConnections(product.port, connectionCount);
  const comparisons: Comparison[] = [];
  for (const measure of measures) {
    onMeasure(measure.what);
    const wrong = await differenceOf(endpoints, measure);
    const sides = {
      floor: () => rate(floorConnections, floor, measure.floor, slotMs),
      product: () => rate(productConnections, product, measure.product, slotMs),
    };
    const { what, against, goal } = measure;
    comparisons.push({ what, against, goal, unit: 'per s', wrong, ...(await interleave(sides, rounds)) });
  }
  for (const connection of [...floorConnections, ...productConnections]) connection.close();
  return comparisons;
};
