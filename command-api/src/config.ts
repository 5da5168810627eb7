import { loadConfig } from '@ims/platform/config/load-config';
import { databaseIsNamed, plainHttpStaysInside } from '@ims/platform/config/rules';
import { apiVariables, onOff, variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const CommandApiEnvironment = z.object({
  ...apiVariables,
  PORT: variables.PORT.unwrap().default(3001),
  /** Whether the demonstration's accounts exist, whose password everybody knows. */
  IMS_DEMO: onOff('off'),
});

export type CommandApiConfig = Readonly<z.infer<typeof CommandApiEnvironment>>;

export const loadCommandApiConfig = (environment: NodeJS.ProcessEnv): CommandApiConfig =>
  loadConfig(CommandApiEnvironment, environment, [plainHttpStaysInside, databaseIsNamed]);
