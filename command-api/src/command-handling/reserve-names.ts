import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import type { Outcome } from './handle-command.ts';
import type { ReservationKind } from './reservation-rows.ts';
import type { Holder, Name, Reservations } from './reservations.ts';

const fields: Readonly<Record<ReservationKind, { readonly field: string; readonly message: string }>> = {
  username: { field: 'username', message: 'This username is taken' },
  email: { field: 'email', message: 'This e-mail address is taken' },
  'site-name': { field: 'name', message: 'There is a site with this name already' },
};

/**
 * Carries a command out while its unique names are held. An accident leaves the names pending: whether the events
 * were written is unknown then, and whoever asks for the names later finds out.
 */
export const withReservedNames = async <State>(
  reservations: Reservations,
  { names, holder }: { readonly names: readonly Name[]; readonly holder: Holder },
  carryOut: () => Promise<Outcome<State>>,
): Promise<Outcome<State>> => {
  const taken = await reservations.reserve(names, holder);
  if (taken) return nameTaken(taken);
  const outcome = await carryOut();
  await (isRefusal(outcome) ? reservations.release(holder) : reservations.confirm(names, holder));
  return outcome;
};

const nameTaken = ({ kind }: Name): Refusal => refusal('CONFLICT', fields[kind].message, [fields[kind]]);
