import { headers } from '@ims/contracts/site-scope';

/** How a call names its site: the header, both places with different sites, or not at all. */
export type Naming = { readonly siteId?: string; readonly alsoInQuery?: string };

export type Asked = {
  readonly token: string | undefined;
  /** Method and address of the document: `PUT /api/v1/sites/{id}/users/{userId}`. */
  readonly operation: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly naming?: Naming;
  readonly body?: unknown;
};

export type Answered = { readonly status: number; readonly text: string };

const takesBody = (method: string): boolean => method !== 'GET' && method !== 'DELETE';

/** One call of the matrix. Of a stream that does not end only the status is read. */
export const ask = async (url: string, { token, operation, ids, naming = {}, body }: Asked): Promise<Answered> => {
  const [method = '', pattern = ''] = operation.split(' ');
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? `no-${name}`);
  const { siteId, alsoInQuery } = naming;
  const stop = new AbortController();
  const answer = await fetch(`${url}${path}${alsoInQuery ? `?siteId=${alsoInQuery}` : ''}`, {
    method,
    redirect: 'manual',
    signal: stop.signal,
    headers: {
      'x-request-id': 'matrix',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(takesBody(method) ? { 'content-type': 'application/json' } : {}),
      ...(siteId ? { [headers.siteId]: siteId } : {}),
    },
    ...(takesBody(method) ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    stop.abort();
    return { status: answer.status, text: '' };
  }
  return { status: answer.status, text: await answer.text() };
};
