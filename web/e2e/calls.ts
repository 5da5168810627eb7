import { headers } from '@ims/contracts/header-names';
import type { Journeys } from './server.ts';

type Call = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly token?: string;
  readonly siteId?: string;
  readonly body?: unknown;
};

/** A call past every screen, as somebody with a script would make it; a refusal is an answer like any other. */
export const call = async <T>({ address }: Journeys, { method = 'POST', path, token, siteId, body }: Call) => {
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: {
      [headers.idempotencyKey]: crypto.randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(siteId ? { [headers.siteId]: siteId } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
};
