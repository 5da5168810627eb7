import { z } from 'zod';

/** An external issuer that people can sign in by; `name` stands in addresses, `label` on its button. */
export const ExternalIssuer = z.object({ name: z.string(), label: z.string() }).meta({ id: 'ExternalIssuer' });
export const ExternalIssuerList = z.object({ issuers: z.array(ExternalIssuer) }).meta({ id: 'ExternalIssuerList' });
export const ExternalParams = z.strictObject({
  issuer: z.string().regex(/^[a-z0-9-]{1,32}$/, 'There is no such issuer'),
});

/** Why an external sign-in did not work, as `/sign-in?external=` says it. */
export const externalProblems = ['refused', 'not-linked', 'expired', 'unavailable'] as const;
export type ExternalProblem = (typeof externalProblems)[number];
