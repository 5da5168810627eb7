import { Overloaded } from '@ims/platform/http/unavailable';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id (2) with 19 MiB, two passes, one lane. The number stands for a const enum that isolated modules cannot import. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Characters of a password in the form that is hashed; some become eighteen in it. */
export const longestPassword = 256;

export type PasswordHashing = {
  /** Throws a RangeError for a password that is too long; `passwordPolicyProblems` says so before. */
  hash(password: string): Promise<string>;
  verify(hashed: string, password: string): Promise<boolean>;
  /** True when the hash was made with other parameters than those of today. */
  isOutdated(hashed: string): boolean;
};

/**
 * Hashes passwords, at most `concurrent` at a time (each takes 19 MiB and some 30 ms of a core), with at most `waiting`
 * in the queue; beyond that it throws `Overloaded`. Less `memoryCost` (KiB) is for tests that are about something else.
 */
export const createPasswordHashing = ({
  concurrent = 2,
  waiting = 100,
  memoryCost = parameters.memoryCost as number,
} = {}): PasswordHashing => {
  const chosen = { ...parameters, memoryCost };
  const prefix = `$argon2id$v=19$m=${memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$`;
  const queue: (() => void)[] = [];
  let running = 0;

  const enter = async (): Promise<void> => {
    if (running < concurrent) {
      running += 1;
      return;
    }
    if (queue.length >= waiting) throw new Overloaded('Too many passwords are being checked at once.');
    await new Promise<void>((resolve) => queue.push(resolve));
  };
  /** Hands the place to the next in the queue; only when nobody waits it becomes free. */
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  };
  const limited = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };

  return {
    hash: async (password) => {
      if (isTooLong(password)) throw new RangeError(`A password has at most ${longestPassword} characters`);
      return limited(() => hash(normalized(password), chosen));
    },
    verify: async (hashed, password) => {
      const tooLong = isTooLong(password);
      // The same work as for any other, so that the time tells nothing.
      const isRight = await limited(() => verify(hashed, tooLong ? '' : normalized(password)));
      return isRight && !tooLong;
    },
    isOutdated: (hashed) => !hashed.startsWith(prefix),
  };
};

/** Keyboards and systems write the same character in several ways; the password is the same. */
const normalized = (password: string): string => password.normalize('NFKC');

export const isTooLong = (password: string): boolean => [...normalized(password)].length > longestPassword;
