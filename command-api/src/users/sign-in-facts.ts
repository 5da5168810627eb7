import { createVersionedSelect } from '@ims/platform/identity/versioned-select';
import type pg from 'pg';

/** When a person signed in last and until when sign-in is locked, ISO 8601, UTC; from the read tables, so perhaps a moment old. */
export type SignInFacts = { readonly lastSignInAt: string | null; readonly lockedUntil: string | null };
export type ReadSignInFacts = (userId: string) => Promise<SignInFacts>;

type Row = { readonly last_sign_in_at: Date | null; readonly locked_until: Date | null };

const statement = (version: number): string => `
  select v.version, s.last_sign_in_at, s.locked_until
  from (select coalesce((select a.version from read.active_versions a
                         where a.projection = 'users' and a.site_id = '00000000-0000-0000-0000-000000000000'),
                        1) as version) v
  left join read.user_sign_ins_v${version} s on s.user_id = $1`;

export const createReadSignInFacts = (pool: pg.Pool): ReadSignInFacts => {
  const select = createVersionedSelect<Row>(pool, 'users', statement);
  return async (userId) => {
    const [row] = await select([userId]);
    return {
      lastSignInAt: row?.last_sign_in_at?.toISOString() ?? null,
      lockedUntil: row?.locked_until?.toISOString() ?? null,
    };
  };
};
