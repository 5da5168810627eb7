import { masterKeyFromBytes } from '../event-log/master-key.ts';

/** The same in every test, so that a service role's password is known everywhere. */
export const testMasterKey = masterKeyFromBytes(Buffer.alloc(32, 'ims test master key'));
