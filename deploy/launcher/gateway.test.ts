import { describe, expect, it } from 'vitest';
import { route } from './gateway.ts';

describe('one origin', () => {
  for (const [method, url, side] of [
    ['GET', '/api/v1/interactions?page=2', 'queries'],
    ['GET', '/api/interactions', 'queries'],
    ['HEAD', '/api/v1/health', 'queries'],
    ['POST', '/api/v1/interactions', 'commands'],
    ['DELETE', '/api/interactions/1', 'commands'],
    ['GET', '/api/v1/auth/me', 'commands'],
    ['GET', '/api/auth/me', 'commands'],
    ['GET', '/api/v1/authors', 'queries'],
    ['GET', '/api/docs', 'queries'],
    ['GET', '/.well-known/jwks.json', 'commands'],
    ['GET', '/', 'web'],
    ['GET', '/s/1/interactions/2?search=api', 'web'],
    ['GET', '/apiary', 'web'],
  ] as const) {
    it(`sends ${method} ${url} to the ${side}`, () => expect(route({ method, url })).toBe(side));
  }
});
