import { createPool } from '@ims/platform/database/pool';

/** Takes the password that an administrator typed for this person as their own, for tests about something else. */
export const keepTypedPassword = async (databaseUrl: string, userId: string): Promise<void> => {
  const pool = createPool({ url: databaseUrl, applicationName: 'ims-test-passwords', max: 1 });
  try {
    await pool.query('update write_side.credentials set must_change = false where user_id = $1', [userId]);
  } finally {
    await pool.end();
  }
};
