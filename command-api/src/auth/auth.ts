import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { AccessReader } from '@ims/platform/identity/access';
import { PublicKeySet } from '@ims/platform/identity/key-source';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import { createCredentials } from './credentials.ts';
import { createPasswordHashing } from './password-hashing.ts';
import type { SessionRouteOptions } from './session-routes.ts';
import { createSessions } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import { createSignedInUsers } from './signed-in-user.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';

export type Auth = {
  readonly signingKeys: SigningKeys;
  /** Stores a user's first password; one that is there already stays. Throws `Overloaded` when too many wait. */
  readonly createPassword: (userId: string, password: string) => Promise<void>;
  /** Stores a user's password in place of the one that is there. */
  readonly setPassword: (userId: string, password: string) => Promise<void>;
  /** Options of `authRoutes`, but for the command that the route for the default site needs. */
  readonly routeOptions: SessionRouteOptions;
};

/** `pool` signs in to the database as ims_command; `accessReader` must not be cached. */
export const createAuth = async ({
  pool,
  masterKey,
  accessReader,
  demo,
}: {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly accessReader: AccessReader;
  /** Whether the built-in demonstration accounts exist. */
  readonly demo: boolean;
}): Promise<Auth> => {
  const signingKeys = await openSigningKeys(pool, masterKey);
  const hashing = createPasswordHashing();
  const credentials = createCredentials(pool, hashing);
  return {
    signingKeys,
    createPassword: credentials.create,
    setPassword: credentials.set,
    routeOptions: {
      signIn: await createSignIn({ credentials, hashing, accessReader }),
      sessions: createSessions(pool),
      signingKey: signingKeys.current,
      signedInUsers: createSignedInUsers(pool, { demo }),
      accessReader,
    },
  };
};

/** `GET /.well-known/jwks.json`: what other services verify access tokens with. */
export const keySetRoute: FastifyPluginAsyncZod<Pick<Auth, 'signingKeys'>> = async (app, { signingKeys }) => {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: { kind: 'public' } },
      schema: { summary: 'Public keys of the access tokens', tags: ['auth'], response: { 200: PublicKeySet } },
    },
    async (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(await signingKeys.keySet()),
  );
};
