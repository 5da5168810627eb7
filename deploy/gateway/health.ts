import {
  type HealthCheck,
  type HealthOptions,
  type HealthPart,
  type HealthStatus,
  healthParts,
  worstOf,
} from '@ims/platform/http/health';
import { z } from 'zod';

/** The processes of each service, by address. */
export type Services = {
  readonly 'command-api': readonly string[];
  readonly 'query-api': readonly string[];
  readonly projector: readonly string[];
};

type ServiceName = keyof Services;
type Report = { readonly status: HealthStatus; readonly details: Readonly<Record<string, unknown>> };
type Reports = Readonly<Record<ServiceName, readonly Report[]>>;

const statuses = ['UP', 'DEGRADED', 'DOWN'] as const;
const ServiceReport = z.object({ status: z.enum(statuses), details: z.record(z.string(), z.unknown()) });

/** Longer than a service waits for one of its engines. */
const askTimeoutMs = 3_000;
/** One look serves all the parts of one answer. */
const freshMs = 200;

/** The health of everything behind the gateway: UP when every process of every service says so of itself. */
export const gatewayChecks = (services: Services): Omit<HealthOptions, 'version'> => {
  const look = remembered(() => askAll(services));
  const part =
    (name: HealthPart): HealthCheck =>
    async () => ({ status: partStatus(name, await look()) });
  const service =
    (name: ServiceName): HealthCheck =>
    async () => {
      const reports = (await look())[name];
      return { status: serviceStatus(name, reports), details: { processes: reports.map(({ status }) => status) } };
    };
  return {
    timeoutMs: 2 * askTimeoutMs,
    checks: Object.fromEntries(healthParts.map((name) => [name, part(name)])),
    others: {
      'command-api': service('command-api'),
      'query-api': service('query-api'),
      projector: service('projector'),
    },
  };
};

/** Without anybody to read from nothing works; without the others people still read. */
const serviceStatus = (name: ServiceName, reports: readonly Report[]): HealthStatus => {
  const worst = worstOf(reports.map(({ status }) => status));
  const isGone = reports.every(({ status }) => status === 'DOWN');
  if (isGone && name === 'query-api') return 'DOWN';
  return worst === 'UP' ? 'UP' : 'DEGRADED';
};

/** DOWN when nobody who uses the part can, or nobody can be asked; DEGRADED when somebody cannot. */
const partStatus = (name: HealthPart, reports: Reports): HealthStatus => {
  const answers = Object.values(reports).flatMap((ofService) => ofService.filter(({ details }) => 'db' in details));
  const told = answers.flatMap(({ details }) => statuses.filter((one) => one === details[name]));
  if (told.length === 0) return answers.length === 0 ? 'DOWN' : 'UP';
  if (told.every((status) => status === 'DOWN')) return 'DOWN';
  return worstOf(told) === 'UP' ? 'UP' : 'DEGRADED';
};

const askAll = async (services: Services): Promise<Reports> => {
  const ask = (name: ServiceName) => Promise.all(services[name].map(askOne));
  const [commands, queries, projectors] = await Promise.all([ask('command-api'), ask('query-api'), ask('projector')]);
  return { 'command-api': commands, 'query-api': queries, projector: projectors };
};

const askOne = async (address: string): Promise<Report> => {
  try {
    const answer = await fetch(`${address}/api/v1/health`, {
      redirect: 'error',
      signal: AbortSignal.timeout(askTimeoutMs),
    });
    return ServiceReport.parse(await answer.json());
  } catch {
    return { status: 'DOWN', details: {} };
  }
};

const remembered = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let last: { readonly at: number; readonly value: Promise<Value> } | undefined;
  return () => {
    const at = performance.now();
    if (!last || at - last.at > freshMs) last = { at, value: read() };
    return last.value;
  };
};
