import { z } from 'zod';

/** A UUID of any version, in lower case. Error: "Must be a UUID". */
export const Uuid = z
  .string({ error: 'Must be a UUID' })
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'Must be a UUID')
  .transform((value) => value.toLowerCase())
  .meta({ format: 'uuid', example: '01939d2e-7a1b-7c3d-8e4f-5a6b7c8d9e0f' });

/** Name of the stream of one interaction: `interaction-{id}`. */
export const interactionStream = (id: string): string => `interaction-${id}`;

/** Name of the stream of one site: `site-{id}`. */
export const siteStream = (id: string): string => `site-${id}`;

/** Name of the stream of one user: `user-{id}`. */
export const userStream = (id: string): string => `user-${id}`;

/** The one stream of system-wide facts: roles of the system, schema, retention. */
export const systemStream = 'system';

/** The one stream of what operators asked of the projector. */
export const operationsStream = 'operations';

/** The stream of one day's security events (UTC): `security-2026-03-15`. `at` is ISO 8601, UTC. */
export const securityStream = (at: string): string => `security-${at.slice(0, 10)}`;

/** The id behind the first dash of a stream's name: `interaction-1f…` → `1f…`; the whole name where there is none. */
export const streamId = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
