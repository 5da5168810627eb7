import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCsv } from '@ims/command-api/import-csv/import-csv';
import { signIn } from '@ims/command-api/import-csv/ims-client';
import { retryFor } from '@ims/command-api/import-csv/retry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPassword } from '../demo/demo-organization.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

const mapping = {
  name: 'visits',
  site: { column: 'office' },
  fields: {
    title: { column: 'subject' },
    type: { column: 'place', rules: [{ matches: 'online|zoom', value: 'Call' }], otherwise: 'Meeting' },
    lead: { column: 'who' },
    location: { column: 'place' },
    notes: {
      join: [
        { column: 'remark', label: 'Remark' },
        { column: 'guests', label: 'Guests' },
      ],
    },
  },
  when: {
    start: { column: 'day', format: 'dd-mm-yyyy' },
    startTime: '09:00',
    durationMinutes: 60,
    timezone: 'Europe/Brussels',
  },
};

const rows = [
  ['Porto', 'Ports, "free" or not', 'Jérémy Dubois', 'Zoom', '27-10-2021', 'two\nlines', 'Café Étoile'],
  ['Porto', '=SUM(A1)', 'Łukasz Żak', 'Porto', '03-01-2020', '', ''],
  ['Porto', 'Room 10', 'Ελένη', 'ONLINE', '28-02-2022', '', "L'Étoile; Müller & Söhne"],
  ['Porto', 'Room 2', 'Jeremy Baker', '', '15-06-2021', '  blanks  ', ''],
  ['Porto', 'Room 2', 'Jeremy Baker', '', '15-06-2021', '  blanks  ', ''],
  ['Brussels', 'Elsewhere', 'Jérémy Dubois', 'Brussels', '01-07-2021', '', ''],
  ['Porto', 'x'.repeat(256), 'Too Long', 'Porto', '01-07-2021', '', ''],
  ['Porto', 'No such day', 'Nobody', 'Porto', '31-02-2021', '', ''],
  ['Porto', 'Another format', 'Nobody', 'Porto', '2021-02-01', '', ''],
];
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

let running: RunningProduct;
let admin: Call;
let folder: string;

beforeAll(async () => {
  running = await runProduct();
  admin = (await running.signIn('admin')).call;
  folder = await mkdtemp(join(tmpdir(), 'ims-import-'));
  const header = 'office,subject,who,place,day,remark,guests';
  const text = [header, ...rows.map((cells) => cells.map(quoted).join(','))].join('\r\n');
  await writeFile(join(folder, 'visits.csv'), `\uFEFF${text}\r\n`);
  await writeFile(join(folder, 'mapping.json'), JSON.stringify(mapping));
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const run = async (username: string, createSites: boolean) => {
  const { signal } = new AbortController();
  const { url } = running;
  const options = {
    file: join(folder, 'visits.csv'),
    mapping: join(folder, 'mapping.json'),
    url,
    username,
    refused: join(folder, 'refused.csv'),
    createSites,
    dryRun: false,
  };
  const connect = () => signIn({ url, username, password: demoPassword, retry: retryFor(5_000, signal), signal });
  const summary = await importCsv(options, { connect, signal, terminal: { write: () => undefined } });
  await running.product.projector.whenCaughtUp(await running.product.log.headPosition());
  return summary;
};
const siteNamed = async (name: string): Promise<string> => {
  const { body } = await admin('GET', '/api/v1/sites');
  return body.sites.find((site: { name: string }) => site.name === name)?.id;
};
const titles = async (query: string): Promise<string[]> => {
  const siteId = await siteNamed('Porto');
  const { body } = await admin('GET', `/api/v1/interactions?${query}`, { siteId });
  return body.interactions.map(({ title }: { title: string }) => title);
};

describe('a CSV file of a colleague', () => {
  it('is not taken from somebody who may not create its sites, and nothing of it is added', async () => {
    await expect(run('editor', false)).rejects.toThrow('or they do not exist: "Porto"');
    await expect(run('editor', true)).rejects.toThrow('The site "Porto" cannot be created');
    const { body } = await admin('GET', '/api/v1/interactions/count', { siteId: running.sites.brussels });
    expect(body.total).toBe(0);
  });

  it('is added once, however often it is sent', async () => {
    expect(await run('admin', true)).toEqual({ imported: 6, alreadyThere: 0, refused: 3 });
    expect(await run('admin', true)).toEqual({ imported: 0, alreadyThere: 6, refused: 3 });
  });

  it('keeps every character of its cells', async () => {
    const siteId = await siteNamed('Porto');
    const { body } = await admin('GET', '/api/v1/interactions?search=jeremy+zoom', { siteId });
    expect(body.interactions[0]).toMatchObject({
      title: 'Ports, "free" or not',
      type: 'Call',
      lead: 'Jérémy Dubois',
      location: 'Zoom',
      startDateTime: '2021-10-27T09:00',
      endUtc: '2021-10-27T08:00:00.000Z',
      notes: 'Remark: two\nlines\nGuests: Café Étoile',
      status: 'complete',
    });
  });

  it('is found without accents and sorted as people expect', async () => {
    expect((await titles('search=jeremy&sort=title:asc')).length).toBe(3);
    expect(await titles('search=etoile&sort=title:asc')).toEqual(['Ports, "free" or not', 'Room 10']);
    expect(await titles('sort=startDateTime:asc')).toEqual([
      '=SUM(A1)',
      'Room 2',
      'Room 2',
      'Ports, "free" or not',
      'Room 10',
    ]);
    expect((await titles('sort=title:desc')).slice(0, 3)).toEqual(['Room 10', 'Room 2', 'Room 2']);
  });

  it('gives back what was refused, with its line and the reason', async () => {
    const text = await readFile(join(folder, 'refused.csv'), 'utf8');
    expect(text).toContain('9,Title must have at most 255 characters,Porto,xxx');
    expect(text).toContain('10,Start must be a date and time like 2026-03-15T14:30,Porto,No such day');
    expect(text).toContain('11,"day ""2021-02-01"" is not dd-mm-yyyy",Porto,Another format');
  });
});
