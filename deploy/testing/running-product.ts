import type { SignedIn } from '@ims/contracts/auth/api';
import { headers } from '@ims/contracts/site-scope';
import { createLogger } from '@ims/platform/observability/logger';
import type { EngineChoice } from '@ims/platform/process/open-engines';
import { createTestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { demoPassword } from '../demo/demo-organization.ts';
import { demoSiteId, seedOrganization } from '../demo/seed-demo.ts';
import { allMigrations } from '../launcher/database.ts';
import { createGateway } from '../launcher/gateway.ts';
import { listen } from '../launcher/port.ts';
import { type Product, type ProductOptions, startProduct } from '../launcher/product.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  readonly body: any;
};

export type Call = (
  method: string,
  path: string,
  options?: { readonly body?: unknown; readonly siteId?: string; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Answer>;

export type RunningProduct = {
  readonly url: string;
  readonly product: Product;
  readonly databaseUrl: string;
  readonly sites: { readonly brussels: string; readonly lisbon: string; readonly helsinki: string };
  /** Calls without signing in. */
  readonly anonymous: Call;
  /** Signs a demonstration person in and calls as that person, waiting for what it wrote itself. */
  signIn(username: string): Promise<{ readonly call: Call; readonly userId: string }>;
  stop(): Promise<void>;
};

/** The whole product in this process, on a database of its own, with the demonstration's people and sites. */
export const runProduct = async ({
  logLines,
  engines,
  options = {},
}: {
  /** Takes every line of the log, of all levels; silent without. */
  readonly logLines?: { write(line: string): void };
  readonly engines?: EngineChoice;
  /** What else the product is told, in place of what is usual in tests. */
  readonly options?: Partial<ProductOptions>;
} = {}): Promise<RunningProduct> => {
  const database = await createTestDatabase(allMigrations);
  const product = await startProduct({
    version: 'test',
    databaseUrl: database.url(),
    masterKey: testMasterKey,
    ...(engines ? { engines } : {}),
    logger: (component) =>
      createLogger({ component, ...(logLines ? { level: 'trace', destination: logLines } : { level: 'silent' }) }),
    rateLimit: false,
    demo: true,
    alone: true,
    ...options,
  });
  await seedOrganization(product.commands);
  await product.projector.whenCaughtUp(await product.log.headPosition());
  const gateway = createGateway({
    ...product.handlers,
    web: (_request, response) => response.writeHead(404).end(),
  });
  const url = `http://127.0.0.1:${await listen(gateway, '127.0.0.1', 0)}`;
  return {
    url,
    product,
    databaseUrl: database.url(),
    sites: {
      brussels: demoSiteId('Brussels'),
      lisbon: demoSiteId('Lisbon'),
      helsinki: demoSiteId('Helsinki'),
    },
    anonymous: callWith(url, {}),
    signIn: async (username) => {
      const { body, status } = await callWith(url, {})('POST', '/api/v1/auth/login', {
        body: { username, password: demoPassword },
      });
      if (status !== 200) throw new Error(`${username} cannot sign in: ${JSON.stringify(body)}`);
      const { token, user }: SignedIn = body;
      return { call: callWith(url, { authorization: `Bearer ${token}` }), userId: user.id };
    },
    stop: async () => {
      gateway.close();
      for (const { stop } of product.stopSteps.slice(0, 2)) await stop();
      gateway.closeAllConnections();
      for (const { stop } of product.stopSteps.slice(2)) await stop();
      await database.drop();
    },
  };
};

const callWith = (url: string, common: Readonly<Record<string, string>>): Call => {
  let consistencyToken: string | undefined;
  return async (method, path, { body, siteId, headers: given = {} } = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...common,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(siteId === undefined ? {} : { [headers.siteId]: siteId }),
        ...(consistencyToken && method === 'GET' ? { [headers.consistencyToken]: consistencyToken } : {}),
        ...given,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    consistencyToken = answer.headers.get(headers.consistencyToken) ?? consistencyToken;
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
};
