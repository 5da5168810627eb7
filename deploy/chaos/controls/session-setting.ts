import { randomUUID } from 'node:crypto';
import { createPool } from '@ims/platform/database/pool';
import type { Control } from './control.ts';

const requests = 200;

/** The site of a request as a setting of the session, on connections that requests share. */
export const sessionSetting: Control = {
  name: 'the site as a session’s SET on a pooled connection',
  run: async ({ owner, ownerUrl }) => {
    const sites = [randomUUID(), randomUUID()];
    await owner.query('create table notes_of_sites (site_id uuid not null)');
    await owner.query('insert into notes_of_sites select unnest($1::uuid[])', [sites]);
    const pool = createPool({ url: ownerUrl, applicationName: 'ims-chaos-control', max: 2 });
    const askFor = async (site: string): Promise<number> => {
      await pool.query("select set_config('chaos.site', $1, false)", [site]);
      const { rows } = await pool.query<{ site_id: string }>(
        "select site_id from notes_of_sites where site_id = nullif(current_setting('chaos.site', true), '')::uuid",
      );
      return rows.filter(({ site_id }) => site_id !== site).length;
    };
    try {
      const foreign = await Promise.all(Array.from({ length: requests }, (_, at) => askFor(sites[at % 2] ?? '')));
      const leaked = foreign.reduce((sum, count) => sum + count, 0);
      return leaked > 0 ? [`${leaked} of ${requests} requests were shown another site’s row`] : [];
    } finally {
      await pool.end();
    }
  },
};
