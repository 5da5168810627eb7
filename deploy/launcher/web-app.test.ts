import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWebApp } from './web-app.ts';

let folder: string;
let web: FastifyInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ims-web-'));
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'dist', 'index.html'), '<html><head></head></html>');
  await writeFile(join(folder, 'dist', 'mark.svg'), '<svg/>');
  await writeFile(join(folder, 'dist', 'assets', 'a.js'), 'let a;');
  web = await buildWebApp({ dist: join(folder, 'dist'), demo: false });
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the web app’s addresses', () => {
  it('are the page, except for files', async () => {
    expect((await web.inject('/s/1/interactions')).body).toContain('<html>');
    expect((await web.inject('/assets/a.js')).body).toBe('let a;');
  });

  it('allow no script and no style but their own, each page with a nonce of its own', async () => {
    const [first, second] = await Promise.all([web.inject('/'), web.inject('/')]);
    const policy = String(first.headers['content-security-policy']);
    const nonce = /ims-style-nonce" content="(\w{16,})"/.exec(first.body)?.[1];
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(policy).not.toContain('unsafe-inline');
    expect(second.body).not.toContain(String(nonce));
  });

  it.each([
    ['GET', '/assets/b.js', {}, 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/assets/..%2f..%2fsecret.txt', {}, 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/assets/%00', {}, 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/mark.svg', { range: 'bytes=999-' }, 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/%zz', {}, 400, 'VALIDATION_ERROR'],
    ['POST', '/', {}, 404, 'RESOURCE_NOT_FOUND'],
  ] as const)('refuse %s %s %o in the envelope', async (method, url, headers, status, code) => {
    const answer = await web.inject({ method, url, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status: 'error', error: { code, requestId: expect.any(String) } });
  });
});
