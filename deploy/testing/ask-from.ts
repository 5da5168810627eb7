import { type IncomingHttpHeaders, request } from 'node:http';

export type Asked = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

/** A request that comes from an address of this machine (127.0.0.0/8), as from another machine. */
export const askFrom = (
  localAddress: string,
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<Asked> =>
  new Promise((resolve, reject) => {
    const asking = request(url, { localAddress, method, headers: { ...headers }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asking.on('error', reject);
    asking.end(body);
  });
