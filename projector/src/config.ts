import { loadConfig } from '@ims/platform/config/load-config';
import { plainHttpStaysInside, type Rule } from '@ims/platform/config/rules';
import { serviceVariables, variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const ProjectorEnvironment = z.object({
  ...serviceVariables,
  /** Health alone answers there. */
  PORT: variables.PORT.unwrap().default(3003),
});

export type ProjectorConfig = Readonly<z.infer<typeof ProjectorEnvironment>> & { readonly DATABASE_URL: string };

const ownerIsNamed: Rule = ({ DATABASE_URL }) =>
  DATABASE_URL
    ? []
    : [
        'DATABASE_URL: must be set, also beside SERVICE_DATABASE_URL: the tables that a rebuild makes and drops belong to the database’s owner, and without it no operator’s request is carried out',
      ];

export const loadProjectorConfig = (environment: NodeJS.ProcessEnv): ProjectorConfig => {
  const config = loadConfig(ProjectorEnvironment, environment, [plainHttpStaysInside, ownerIsNamed]);
  return { ...config, DATABASE_URL: config.DATABASE_URL ?? '' };
};
