import { z } from 'zod';

const onOff = (byDefault: 'on' | 'off') =>
  z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default(byDefault)
    .transform((value) => value === 'on');

const port = (problem: string) =>
  z
    .string()
    .regex(/^\d{1,5}$/, problem)
    .transform(Number)
    .refine((value) => value <= 65_535, problem);

/** What stands behind a capability; the first is the one that needs nothing else. */
const engine = <const Names extends readonly [string, string]>(names: Names) =>
  z.enum(names, { error: `must be ${names.join(' or ')}` }).default(names[0] as Names[0]);

const address = (protocols: readonly string[], example: string) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be an address like ${example}`,
    )
    .optional();

/** The variables that more than one service reads; a service picks what it needs into its own schema. */
export const variables = {
  PORT: port('must be a port number from 0 to 65535').default(3000),
  HOST: z.string().default('127.0.0.1'),
  IMS_HOME: z.string().default('./.ims'),
  DATABASE_URL: z
    .string()
    .refine(
      (value) => URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol),
      'must be an address like postgres://user:password@host:5432/database',
    )
    .optional(),
  IMS_DEMO: onOff('on'),
  RATE_LIMIT: onOff('on'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('info'),
  EVENT_LOG: engine(['postgres', 'eventstoredb']),
  MESSAGES: engine(['postgres', 'nats']),
  CACHE: engine(['memory', 'redis']),
  EVENTSTORE_URL: address(['esdb:', 'esdb+discover:'], 'esdb://host:2113?tls=true'),
  NATS_URL: address(['nats:', 'tls:'], 'nats://host:4222'),
  REDIS_URL: address(['redis:', 'rediss:'], 'redis://host:6379'),
  METRICS_PORT: port('must be a port number from 0 to 65535').optional(),
};
