import type { OpenApiDocument } from '@ims/platform/http/openapi';

/** The document of the command API in another process, beside whose public keys it stands. Rejects while that is away. */
export const remoteDocument = (jwksUrl: string) => async (): Promise<OpenApiDocument> => {
  const url = new URL('/.well-known/openapi.json', jwksUrl);
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(3_000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  return (await answer.json()) as OpenApiDocument;
};
