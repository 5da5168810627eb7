import { createOutbox, type Mail } from '@ims/command-api/mail/outbox';
import { createPool } from '@ims/platform/database/pool';
import { testMasterKey } from '@ims/platform/testing/test-master-key';

/** The mails to an address that the outbox of a test's database holds, oldest first. */
export const mailsIn = async (databaseUrl: string, to: string): Promise<readonly Mail[]> => {
  const pool = createPool({ url: databaseUrl, applicationName: 'ims-test-mails', max: 1 });
  const outbox = createOutbox({ pool, masterKey: testMasterKey });
  const { rows } = await pool.query<{ id: string; sealed: string }>(
    'select id, sealed from write_side.outbox order by created_at',
  );
  await pool.end();
  return rows.map((row) => outbox.open(row).mail).filter((mail) => mail.to === to);
};

/** The token in the link of a mail. */
export const tokenIn = (mail: Mail | undefined): string => {
  if (!mail) throw new Error('There is no such mail.');
  return new URL(mail.link).hash.replace('#token=', '');
};
