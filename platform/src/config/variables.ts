import { isIP } from 'node:net';
import { z } from 'zod';

/** `on` or `off`, read as true or false. */
export const onOff = (byDefault: 'on' | 'off') =>
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

/** What stands behind a capability; the first needs nothing else, the second is the default where its address is given. */
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

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`)
    .optional();

const postgresAddress = () => address(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database');

const proxyNames = new Set(['loopback', 'linklocal', 'uniquelocal']);

const isProxyName = (text: string): boolean => {
  if (proxyNames.has(text)) return true;
  const [host = '', bits, ...rest] = text.split('/');
  const version = isIP(host);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
};

/** An address, alone or behind a name; one line, one sender. */
const mailbox = /^(?:[^<>@,;:"\\\r\n]{1,100} <[^\s<>@,;:"\\]+@[^\s<>@,;:"\\]+>|[^\s<>@,;:"\\]+@[^\s<>@,;:"\\]+)$/;

/** The variables that more than one service reads; a service picks what it needs into its own schema. */
export const variables = {
  PORT: port('must be a port number from 0 to 65535').default(3000),
  HOST: z.string().default('127.0.0.1'),
  IMS_HOME: z.string().default('./.ims'),
  /** `on`: nobody but a gateway with TLS reaches this port, so it may be open on another address than loopback. */
  BEHIND_TLS: onOff('off'),
  /** Whose `X-Forwarded-For` is believed: addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. */
  TRUSTED_PROXIES: z
    .string()
    .transform((value) => value.split(',').map((one) => one.trim()))
    .refine((all) => all.every(isProxyName), 'must be addresses or networks like 10.0.0.0/8, separated by commas')
    .optional(),
  DATABASE_URL: postgresAddress(),
  /** Of the service's own role, where the owner's password is not to be given to the service. */
  SERVICE_DATABASE_URL: postgresAddress(),
  /** Default: `master.key` in IMS_HOME. */
  IMS_MASTER_KEY_FILE: z.string().optional(),
  /** Where the query API finds the public keys of access tokens: the command API's `/.well-known/jwks.json`. */
  JWKS_URL: address(['http:', 'https:'], 'http://host:3001/.well-known/jwks.json'),
  /** Tells several processes of one service apart in the log. */
  IMS_INSTANCE: z
    .string()
    .regex(/^[\w-]{1,32}$/, 'must be at most 32 letters, digits or dashes')
    .optional(),
  IMS_DEMO: onOff('on'),
  /** What new passwords must have; the three after it change single points of the profile. */
  PASSWORD_PROFILE: z.enum(['spec', 'nist-800-63b-4'], { error: 'must be spec or nist-800-63b-4' }).default('spec'),
  PASSWORD_MIN_LENGTH: wholeNumber(8, 128),
  /** So many earlier passwords may not come again. */
  PASSWORD_HISTORY: wholeNumber(0, 24),
  /** 0: passwords do not expire. */
  PASSWORD_EXPIRY_DAYS: wholeNumber(0, 3_650),
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
  /** Where people's browsers find IMS; default `http://localhost:<PORT>`. */
  IMS_PUBLIC_URL: address(['http:', 'https:'], 'https://ims.example.org'),
  /** The mail server; without it mails are files in `outbox` in IMS_HOME. */
  SMTP_URL: address(['smtp:', 'smtps:'], 'smtp://user:password@host:587'),
  MAIL_FROM: z.string().regex(mailbox, 'must be a sender like IMS <ims@example.org>').default('IMS <ims@localhost>'),
};

/** What a service reads that sends mails with links. */
export const mailVariables = {
  IMS_PUBLIC_URL: variables.IMS_PUBLIC_URL,
  SMTP_URL: variables.SMTP_URL,
  MAIL_FROM: variables.MAIL_FROM,
};

/** What every service reads; each adds its own port. */
export const serviceVariables = {
  HOST: variables.HOST,
  BEHIND_TLS: variables.BEHIND_TLS,
  IMS_HOME: variables.IMS_HOME,
  IMS_MASTER_KEY_FILE: variables.IMS_MASTER_KEY_FILE,
  DATABASE_URL: variables.DATABASE_URL,
  SERVICE_DATABASE_URL: variables.SERVICE_DATABASE_URL,
  LOG_LEVEL: variables.LOG_LEVEL,
  IMS_INSTANCE: variables.IMS_INSTANCE,
  EVENT_LOG: variables.EVENT_LOG,
  EVENTSTORE_URL: variables.EVENTSTORE_URL,
  MESSAGES: variables.MESSAGES,
  NATS_URL: variables.NATS_URL,
  CACHE: variables.CACHE,
  REDIS_URL: variables.REDIS_URL,
  METRICS_PORT: variables.METRICS_PORT,
};

/** The password policy, for whoever opens the command API. */
export const passwordVariables = {
  PASSWORD_PROFILE: variables.PASSWORD_PROFILE,
  PASSWORD_MIN_LENGTH: variables.PASSWORD_MIN_LENGTH,
  PASSWORD_HISTORY: variables.PASSWORD_HISTORY,
  PASSWORD_EXPIRY_DAYS: variables.PASSWORD_EXPIRY_DAYS,
};

/** What a service adds that answers requests of people. */
export const apiVariables = {
  ...serviceVariables,
  TRUSTED_PROXIES: variables.TRUSTED_PROXIES,
  RATE_LIMIT: variables.RATE_LIMIT,
};
