import pg from 'pg';
import { openPostgresGate } from '../postgres-gate.ts';
import type { Control } from './control.ts';

const events = 100;

/** Counts the events of the log after its checkpoint, and notes the checkpoint in a transaction of its own. */
const countEvents = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('update counted set events = events + $1::int - (select position from counted_checkpoint)', [
      events,
    ]);
    await client.query('update counted_checkpoint set position = $1', [events]);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Rows in one transaction, the checkpoint in the next, and the process dies between them. */
export const checkpointApart: Control = {
  name: 'a checkpoint in a transaction of its own',
  run: async ({ owner, ownerUrl }) => {
    await owner.query('create table counted as select 0 as events');
    await owner.query('create table counted_checkpoint as select 0 as position');
    const gate = await openPostgresGate(() => Number(new URL(ownerUrl).port));
    const url = new URL(ownerUrl);
    url.port = String(gate.port);
    const trap = gate.trap({ text: 'update counted_checkpoint', when: 'asked' });
    const dying = countEvents(url.href).catch(() => undefined);
    await trap.caught;
    gate.cut();
    await dying;
    await countEvents(ownerUrl);
    await gate.close();
    const { rows } = await owner.query<{ events: number }>('select events from counted');
    const counted = rows[0]?.events ?? 0;
    return counted === events ? [] : [`the fold of the log is ${events}, the table says ${counted}`];
  },
};
