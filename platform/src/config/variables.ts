import { z } from 'zod';

const onOff = (byDefault: 'on' | 'off') =>
  z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default(byDefault)
    .transform((value) => value === 'on');

/** The variables that more than one service reads; a service picks what it needs into its own schema. */
export const variables = {
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port number from 0 to 65535')
    .default(3000),
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
  EVENT_LOG: z.literal('postgres', { error: 'must be postgres' }).default('postgres'),
  MESSAGES: z.literal('postgres', { error: 'must be postgres' }).default('postgres'),
  CACHE: z.literal('memory', { error: 'must be memory' }).default('memory'),
};
