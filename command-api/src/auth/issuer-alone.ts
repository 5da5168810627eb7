import { refusal } from '@ims/contracts/error-codes';
import type pg from 'pg';

/**
 * Whether a person signs in by an external issuer and has no password here. A mailbox would be a second way in for
 * them, past whatever the issuer asks for.
 */
export const hasIssuerAlone = async (pool: pg.Pool, userId: string): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `select from write_side.external_identities i
     where i.user_id = $1 and not exists (select from write_side.credentials c where c.user_id = i.user_id) limit 1`,
    [userId],
  );
  return rowCount === 1;
};

export const noLinkBesideIssuer = refusal(
  'CONFLICT',
  'There is no link for this person, who signs in by an external issuer and has no password here',
);
