import { loadConfig } from '@ims/platform/config/load-config';
import { databaseIsNamed, plainHttpStaysInside, type Rule } from '@ims/platform/config/rules';
import { apiVariables, variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const QueryApiEnvironment = z.object({
  ...apiVariables,
  PORT: variables.PORT.unwrap().default(3002),
  JWKS_URL: variables.JWKS_URL,
});

export type QueryApiConfig = Readonly<z.infer<typeof QueryApiEnvironment>> & { readonly JWKS_URL: string };

const keysAreNamed: Rule = ({ JWKS_URL }) =>
  JWKS_URL ? [] : ['JWKS_URL: must be set: the command API’s /.well-known/jwks.json'];

export const loadQueryApiConfig = (environment: NodeJS.ProcessEnv): QueryApiConfig => {
  const config = loadConfig(QueryApiEnvironment, environment, [plainHttpStaysInside, databaseIsNamed, keysAreNamed]);
  return { ...config, JWKS_URL: config.JWKS_URL ?? '' };
};
