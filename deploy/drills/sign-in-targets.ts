import type { Commands } from '@ims/command-api/commands';
import { deactivateUser } from '@ims/command-api/users/decide';
import { userEvolution } from '@ims/command-api/users/user';
import { isRefusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { createLogger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import { startProduct } from '../launcher/product.ts';

/** A sign-in that is refused, and why. */
export type Target = { readonly kind: string; readonly username: string; readonly password: string };

const peopleOfAKind = 50;
const right = 'Plum-Orchard-41';
const wrong = 'Plum-Orchard-42';
/** Asks for what comes before there are people; nobody signs in as it. */
const founder = '00000000-0000-8000-8000-0000000000d1';

/** Registers people by commands, suspends some and locks some: fifty for each reason to be refused. */
export const signInTargets = async ({
  databaseUrl,
  masterKey,
  owner,
}: {
  readonly databaseUrl: string;
  readonly masterKey: MasterKey;
  readonly owner: pg.Pool;
}): Promise<readonly Target[]> => {
  const product = await startProduct({
    version: 'drill',
    databaseUrl,
    masterKey,
    logger: (component) => createLogger({ component, level: 'error' }),
    rateLimit: false,
    demo: false,
    alone: true,
  });
  try {
    const [known, locked, suspended] = [
      await register(product.commands, 'known'),
      await register(product.commands, 'locked'),
      await register(product.commands, 'suspended'),
    ];
    for (const { id } of suspended) await suspend(product.commands, id);
    for (const { id } of locked) await lock(owner, id);
    await product.projector.whenCaughtUp(await product.log.headPosition());
    return [
      ...namesOf('unknown').map((username) => ({ kind: 'unknown name', username, password: wrong })),
      ...known.map(({ username }) => ({ kind: 'wrong password', username, password: wrong })),
      ...locked.map(({ username }) => ({ kind: 'locked, wrong password', username, password: wrong })),
      ...locked.map(({ username }) => ({ kind: 'locked, right password', username, password: right })),
      ...suspended.map(({ username }) => ({ kind: 'suspended, right password', username, password: right })),
    ];
  } finally {
    for (const { stop } of product.stopSteps) await stop();
  }
};

const namesOf = (kind: string): readonly string[] =>
  Array.from({ length: peopleOfAKind }, (_none, at) => `${kind}-${String(at).padStart(3, '0')}`);

const contextFor = ({ contexts }: Commands, key: string) => ({
  ...contexts.identify(founder, key, [key]),
  correlationId: key,
  signal: AbortSignal.timeout(60_000),
});

const register = (commands: Commands, kind: string) =>
  Promise.all(
    namesOf(kind).map(async (username) => {
      const person = { username, displayName: username, timezone: 'Europe/Brussels', password: right };
      const { id, outcome } = await commands.registerUser(
        { ...person, email: `${username}@example.org` },
        contextFor(commands, username),
      );
      if (isRefusal(outcome)) throw new Error(`${username} cannot be registered: ${outcome.message}`);
      return { id, username };
    }),
  );

const suspend = async (commands: Commands, id: string): Promise<void> => {
  const outcome = await commands.handle(
    {
      stream: userStream(id),
      evolution: userEvolution,
      decide: (user) => deactivateUser(user, { isOneself: false, leavesNoAdministrator: false }),
    },
    contextFor(commands, `suspend ${id}`),
  );
  if (isRefusal(outcome)) throw new Error(`${id} cannot be suspended: ${outcome.message}`);
};

const lock = async (owner: pg.Pool, id: string): Promise<void> => {
  await owner.query(
    `insert into write_side.sign_in_guards (user_id, device, failures, locked_until)
     values ($1, '', 5, now() + interval '1 day')`,
    [id],
  );
};
