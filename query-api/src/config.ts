import { loadConfig } from '@ims/platform/config/load-config';
import { databaseIsNamed, plainHttpStaysInside, type Rule } from '@ims/platform/config/rules';
import { apiVariables, variables } from '@ims/platform/config/variables';
import { externalIssuersVariable } from '@ims/platform/identity/external-issuers';
import { z } from 'zod';

const QueryApiEnvironment = z.object({
  ...apiVariables,
  PORT: variables.PORT.unwrap().default(3002),
  JWKS_URL: variables.JWKS_URL,
});

export type QueryApiConfig = Readonly<z.infer<ReturnType<typeof schemaFor>>> & { readonly JWKS_URL: string };

/** Secrets of issuers stand in variables that are named after them. */
const schemaFor = (environment: NodeJS.ProcessEnv) =>
  QueryApiEnvironment.extend({ OIDC_ISSUERS: externalIssuersVariable(environment) });

const keysAreNamed: Rule = ({ JWKS_URL }) =>
  JWKS_URL ? [] : ['JWKS_URL: must be set: the command API’s /.well-known/jwks.json'];

export const loadQueryApiConfig = (environment: NodeJS.ProcessEnv): QueryApiConfig => {
  const config = loadConfig(schemaFor(environment), environment, [plainHttpStaysInside, databaseIsNamed, keysAreNamed]);
  return { ...config, JWKS_URL: config.JWKS_URL ?? '' };
};
