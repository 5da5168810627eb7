import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ims-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whatever engines the tests are given. */
const embedded = { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' };

const start = async (
  environment: Record<string, string>,
  args: readonly string[] = ['deploy/launcher/start.mjs'],
): Promise<{ code: number; said: string }> => {
  const child = spawn('node', args, {
    cwd: root,
    env: { ...process.env, ...embedded, PORT: '0', IMS_HOME: join(folder, '.ims'), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code, said: said.trim() };
};

describe('a start that cannot work says why in a sentence and ends with 1', () => {
  it('when the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await start({ PORT: String(port) })).toEqual({
      code: 1,
      said: `Port ${port} is in use: choose another one with PORT.`,
    });
    server.close();
  });

  it('when the folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, said } = await start({ IMS_HOME: join(folder, 'file', 'home') });
    expect([code, said]).toEqual([1, expect.stringMatching(/^The folder .* cannot be made .* with IMS_HOME\.$/)]);
  });

  it('when nothing answers at the database’s address', async () => {
    const { code, said } = await start({ DATABASE_URL: 'postgres://ims:secret@127.0.0.1:1/ims' });
    expect([code, said]).toEqual([1, 'DATABASE_URL does not work: nothing answers at 127.0.0.1:1.']);
  });

  it('when the database refuses the password', async () => {
    const url = new URL(inject('adminUrl'));
    url.password = 'wrong';
    const { code, said } = await start({ DATABASE_URL: url.href });
    expect([code, said]).toEqual([1, expect.stringMatching(/^DATABASE_URL does not work: .* refuses this user/)]);
  });

  it('when several settings are wrong, all of them', async () => {
    const { code, said } = await start({ PORT: 'http', IMS_DEMO: 'perhaps', HOST: '0.0.0.0' });
    expect(code).toBe(1);
    for (const name of ['PORT', 'IMS_DEMO', 'HOST']) expect(said).toContain(`${name}: `);
  });

  it('when Node is too old', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { node: '18.20.0' } }); import('./deploy/launcher/start.mjs')`;
    expect(await start({}, ['-e', old])).toEqual({
      code: 1,
      said: 'IMS needs Node 20.19 or newer; this is Node 18.20.0.',
    });
  });
});

describe('a start without the demonstration', () => {
  it('has no built-in password, lets its first administrator in, and is never mixed with a demonstration', {
    timeout: 150_000,
  }, async () => {
    const home = join(folder, 'office');
    const administrator = {
      IMS_ADMIN_USERNAME: 'root',
      IMS_ADMIN_EMAIL: 'root@example.org',
      IMS_ADMIN_PASSWORD: 'Office-2026!',
    };
    const office = await run({ IMS_HOME: home, IMS_DEMO: 'off', ...administrator });
    expect(await office.signIn('admin', 'Demo-2026!')).toMatchObject({ status: 401 });
    const first = await office.signIn('root', 'Office-2026!');
    expect(first).toMatchObject({ status: 200, passwordExpired: true });
    const users = '/api/v1/users';
    expect([await office.ask(users, first.token), await office.page()]).toEqual([
      401,
      expect.not.stringContaining('ims-demo'),
    ]);
    const change = { currentPassword: 'Office-2026!', newPassword: 'Changed-2026!' };
    expect(await office.post('/api/v1/auth/password/change', change, first.token)).toBeLessThan(300);
    expect(await office.signIn('root', 'Changed-2026!')).toMatchObject({ status: 200, passwordExpired: false });
    await office.stop();

    const second = ['create', '--username', 'second', '--email', 'second@example.org'];
    expect(await admin(home, second, 'Later-2026!\n')).toEqual({
      code: 0,
      said: 'second administers the system now.\n',
    });

    const again = await run({ IMS_HOME: home });
    expect(await again.signIn('admin', 'Demo-2026!')).toMatchObject({ status: 401 });
    expect(await again.signIn('root', 'Changed-2026!')).toMatchObject({ status: 200, passwordExpired: false });
    const { token } = await again.signIn('second', 'Later-2026!');
    expect(await again.ask(users, token)).toBe(200);
    await again.stop();

    const demonstration = join(folder, 'demonstration');
    const open = await run({ IMS_HOME: demonstration });
    expect(await open.page()).toContain('ims-demo');
    await open.stop();
    const { code, said } = await start({ IMS_HOME: demonstration, IMS_DEMO: 'off' });
    expect([code, said]).toEqual([1, expect.stringContaining('This database holds the demonstration')]);
  });
});

/** A product that runs as a process of its own until it is stopped. */
const run = async (environment: Record<string, string>) => {
  const child = spawn('node', ['deploy/launcher/start.mjs'], {
    cwd: root,
    env: { ...process.env, ...embedded, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    url = /IMS is ready at (\S+)/.exec(line)?.[1] ?? '';
    if (url) break;
  }
  return {
    page: async () => (await fetch(url)).text(),
    signIn: async (username: string, password: string) => {
      const answer = await post(`${url}/api/v1/auth/login`, { username, password });
      const { token = '', passwordExpired } = (await answer.json()) as { token?: string; passwordExpired?: boolean };
      return { status: answer.status, token, passwordExpired };
    },
    ask: async (path: string, token: string) =>
      (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).status,
    post: async (path: string, body: object, token?: string) => (await post(url + path, body, token)).status,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};

const post = (url: string, body: object, token?: string): Promise<Response> => {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
};

/** `npm run admin` on the embedded database of this folder; what it says on either of its outputs. */
const admin = async (home: string, words: readonly string[], input = ''): Promise<{ code: number; said: string }> => {
  const child = spawn('node', ['--import', 'tsx', 'deploy/admin/main.ts', ...words], {
    cwd: root,
    env: { ...process.env, ...embedded, IMS_HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const exit = once(child, 'exit');
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exit;
  return { code: Number(code), said: out + problems };
};
