import { loadConfig } from '@ims/platform/config/load-config';
import { databaseIsNamed, plainHttpStaysInside } from '@ims/platform/config/rules';
import { serviceVariables, variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const ProjectorEnvironment = z.object({
  ...serviceVariables,
  /** Health alone answers there. */
  PORT: variables.PORT.unwrap().default(3003),
});

export type ProjectorConfig = Readonly<z.infer<typeof ProjectorEnvironment>>;

export const loadProjectorConfig = (environment: NodeJS.ProcessEnv): ProjectorConfig =>
  loadConfig(ProjectorEnvironment, environment, [plainHttpStaysInside, databaseIsNamed]);
