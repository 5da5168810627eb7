import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import type { ErrorCode, ErrorDetail } from '@ims/contracts/error-codes';

export const givenPolicy: PasswordPolicy = {
  profile: 'spec',
  minLength: 8,
  needsEveryClass: true,
  notReusable: 5,
  expiresAfterDays: 90,
};

/** The answer that refuses a form. */
export const givenRefusal = (status: number, code: ErrorCode, message: string, details: ErrorDetail[] = []) => ({
  status,
  body: { status: 'error', error: { code, message, details, requestId: 'r1' } },
});
