import type { Server } from '@ims/platform/http/build-server';
import { deviceCookie } from '../known-devices.ts';
import { refreshCookie } from '../refresh-cookie.ts';
import { goodPassword } from './test-people.ts';

export type Answer = Awaited<ReturnType<Browser['login']>>;

/** A browser with a cookie jar, which people sign in with. */
export type Browser = ReturnType<typeof openBrowser>;

export const cookieIn = (
  { cookies }: { readonly cookies: readonly { name: string; value: string; maxAge?: number }[] },
  name: string = refreshCookie,
) => cookies.find((cookie) => cookie.name === name);

export const openBrowser = (app: Server, { userAgent = 'test' } = {}) => {
  const jar = new Map<string, string>();
  const send = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    { payload, token, headers = {} }: { payload?: object; token?: string; headers?: Record<string, string> } = {},
  ) => {
    const answer = await app.inject({
      method,
      url: `/api/v1/auth${url}`,
      cookies: Object.fromEntries(jar),
      headers: { 'user-agent': userAgent, ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(payload ? { payload } : {}),
    });
    for (const { name, value } of answer.cookies) {
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return answer;
  };
  return {
    jar,
    send,
    login: (username: string, password = goodPassword, remember?: boolean) =>
      send('POST', '/login', { payload: { username, password, ...(remember === undefined ? {} : { remember }) } }),
    refreshToken: () => jar.get(refreshCookie),
    device: () => jar.get(deviceCookie),
  };
};
