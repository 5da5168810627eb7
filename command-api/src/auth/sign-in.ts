import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { AccessReader } from '@ims/platform/identity/access';
import type { Credentials } from './credentials.ts';
import type { PasswordHashing } from './password-hashing.ts';

/** The user id behind a name and password, or the one refusal for whatever is wrong with them. */
export type SignIn = (name: string, password: string) => Promise<string | Refusal>;

const refused = refusal('AUTHENTICATION_ERROR', 'Username or password is wrong');
const nobody = '00000000-0000-0000-0000-000000000000';

/** Does the same work whether the name is known or not, so that neither answer nor time tells. */
export const createSignIn = async ({
  credentials,
  hashing,
  accessReader,
}: {
  readonly credentials: Credentials;
  readonly hashing: PasswordHashing;
  readonly accessReader: AccessReader;
}): Promise<SignIn> => {
  const hashOfNobody = await hashing.hash('no one signs in with this');
  return async (name, password) => {
    const found = await credentials.find(name);
    const isRight = await hashing.verify(found?.passwordHash ?? hashOfNobody, password);
    const { active } = await accessReader.read(found?.userId ?? nobody, undefined);
    return found && isRight && active ? found.userId : refused;
  };
};
