import type { PersonReference } from '@ims/contracts/interactions/api';
import { type DisplayNames, unknownPerson } from '@ims/platform/identity/display-names';

/** Who a row means: id and name. */
export type Reference = (id: string) => PersonReference;

/** References to these people; one without a name (erased, or not projected yet) has a name that says so. */
export const referencesTo = async (names: DisplayNames, ids: Iterable<string>): Promise<Reference> => {
  const known = await names.read([...ids]);
  return (id) => ({ id, displayName: known.get(id) ?? unknownPerson });
};
