/** A browser's cookies and redirects, by hand: cookies are kept by host, and nothing is followed by itself. */
export type CookieJar = {
  get(address: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  cookie(name: string): string | undefined;
  setCookie(origin: string, name: string, value: string): void;
};

export const createCookieJar = (): CookieJar => {
  const byHost = new Map<string, Map<string, string>>();
  const of = (address: string): Map<string, string> => {
    const { host } = new URL(address);
    const cookies = byHost.get(host) ?? new Map<string, string>();
    byHost.set(host, cookies);
    return cookies;
  };
  const keep = (address: string, answer: Response): void => {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', ...value] = pair.split('=');
      const isGone = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=thu, 01 jan 1970/i.test(one));
      if (isGone) of(address).delete(name);
      else of(address).set(name, value.join('='));
    }
  };
  return {
    get: async (address, headers = {}) => {
      const cookie = [...of(address)].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(address, {
        redirect: 'manual',
        headers: { ...headers, ...(cookie ? { cookie } : {}) },
      });
      keep(address, answer);
      return answer;
    },
    cookie: (name) => [...byHost.values()].map((cookies) => cookies.get(name)).find((value) => value !== undefined),
    setCookie: (origin, name, value) => void of(origin).set(name, value),
  };
};
