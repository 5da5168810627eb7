import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

export const healthParts = ['db', 'auth', 'storage', 'messaging', 'cache'] as const;
export type HealthPart = (typeof healthParts)[number];

const HealthStatus = z.enum(['UP', 'DEGRADED', 'DOWN']);
export type HealthStatus = z.infer<typeof HealthStatus>;

export const HealthReport = z
  .object({
    status: HealthStatus,
    responseTimeMs: z.number(),
    version: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'HealthReport' });
export type HealthReport = z.infer<typeof HealthReport>;

/** How a part is; `details` are shown to everybody, so no names, addresses or secrets. Throwing means DOWN. */
export type HealthCheck = () => Promise<{
  readonly status: HealthStatus;
  readonly details?: Readonly<Record<string, unknown>>;
}>;

export type HealthOptions = {
  readonly version: string;
  /** A part without a check is not used by this service and counts as UP. */
  readonly checks: Readonly<Partial<Record<HealthPart, HealthCheck>>>;
  /** Counted in `GET /api/v1/health` as well, with their details; they have no address of their own. */
  readonly others?: Readonly<Record<string, HealthCheck>>;
  /** A check that takes longer is DOWN; default 2,000 ms. */
  readonly timeoutMs?: number;
};

type PartReport = { readonly status: HealthStatus; readonly details: Readonly<Record<string, unknown>> };

/** `GET /api/v1/health` and one address per part: 200, or 503 when DOWN. */
export const healthRoutes: FastifyPluginAsyncZod<HealthOptions> = async (app, options) => {
  const schema = { summary: 'Health of this service', response: { 200: HealthReport, 503: HealthReport } };
  const config = { access: { kind: 'public' } } as const;
  const register = (url: string, check: () => Promise<PartReport>): void => {
    app.get(url, { schema, config }, async (_request, reply) => {
      const startedAt = performance.now();
      const { status, details } = await check();
      const responseTimeMs = Math.round((performance.now() - startedAt) * 10) / 10;
      return reply
        .code(status === 'DOWN' ? 503 : 200)
        .send({ status, responseTimeMs, version: options.version, details: { ...details } });
    });
  };
  register('/api/v1/health', () => checkAll(options));
  for (const part of healthParts) register(`/api/v1/health/${part}`, () => checkPart(part, options));
};

const checkAll = async ({ checks, others = {}, timeoutMs }: HealthOptions): Promise<PartReport> => {
  const parts = healthParts.flatMap((part) => (checks[part] ? [[part, checks[part]] as const] : []));
  const [ofParts, ofOthers] = await Promise.all([
    Promise.all(parts.map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const)),
    Promise.all(Object.entries(others).map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const)),
  ]);
  return {
    status: worstOf([...ofParts, ...ofOthers].map(([, { status }]) => status)),
    details: Object.fromEntries([
      ...ofParts.map(([name, { status }]) => [name, status] as const),
      ...ofOthers.map(([name, { status, details }]) => [name, { status, ...details }] as const),
    ]),
  };
};

/** DOWN before DEGRADED before UP. */
export const worstOf = (statuses: readonly HealthStatus[]): HealthStatus =>
  (['DOWN', 'DEGRADED'] as const).find((status) => statuses.includes(status)) ?? 'UP';

const checkPart = async (part: HealthPart, { checks, timeoutMs }: HealthOptions): Promise<PartReport> => {
  const check = checks[part];
  return check ? runCheck(check, timeoutMs) : { status: 'UP', details: { used: false } };
};

const runCheck = async (check: HealthCheck, timeoutMs = 2_000): Promise<PartReport> => {
  const answered = new AbortController();
  const tooLate = delay(timeoutMs, { status: 'DOWN' as const, details: { reason: 'no answer in time' } }, answered);
  try {
    const { status, details = {} } = await Promise.race([check(), tooLate]);
    return { status, details };
  } catch {
    return { status: 'DOWN', details: { reason: 'the check failed' } };
  } finally {
    answered.abort();
    tooLate.catch(() => undefined);
  }
};
