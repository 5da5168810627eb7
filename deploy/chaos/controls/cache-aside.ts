import { Redis } from 'ioredis';
import type { Control } from './control.ts';

/** Read, and if it is not there load and put; on a change delete. A reader that loaded before the change puts after it. */
export const cacheAside: Control = {
  name: 'a cache filled by its readers and emptied by deleting',
  run: async ({ owner, redisUrl }) => {
    await owner.query('create table cached_record (revision int not null)');
    await owner.query('insert into cached_record values (1)');
    const redis = new Redis(redisUrl);
    const load = async (): Promise<number> =>
      (await owner.query<{ revision: number }>('select revision from cached_record')).rows[0]?.revision ?? 0;
    const key = 'chaos:control:cache-aside';
    try {
      const slowReader = await load();
      await owner.query('update cached_record set revision = 2');
      await redis.del(key);
      await redis.set(key, slowReader, 'EX', 60);
      const read = Number(await redis.get(key));
      const committed = await load();
      return read < committed ? [`revision ${committed} was acknowledged, read ${read} from then on`] : [];
    } finally {
      await redis.del(key);
      redis.disconnect();
    }
  },
};
