import { loadConfig } from '@ims/platform/config/load-config';
import { databaseIsNamed, mailHasSender, plainHttpStaysInside, publicUrlIsSafe } from '@ims/platform/config/rules';
import { apiVariables, mailVariables, onOff, passwordVariables, variables } from '@ims/platform/config/variables';
import { externalIssuersVariable } from '@ims/platform/identity/external-issuers';
import { z } from 'zod';

const CommandApiEnvironment = z.object({
  ...apiVariables,
  ...mailVariables,
  ...passwordVariables,
  PORT: variables.PORT.unwrap().default(3001),
  /** Whether the demonstration's accounts exist, whose password everybody knows. */
  IMS_DEMO: onOff('off'),
});

/** Secrets of issuers stand in variables that are named after them. */
const schemaFor = (environment: NodeJS.ProcessEnv) =>
  CommandApiEnvironment.extend({ OIDC_ISSUERS: externalIssuersVariable(environment) });

export type CommandApiConfig = Readonly<z.infer<ReturnType<typeof schemaFor>>>;

export const loadCommandApiConfig = (environment: NodeJS.ProcessEnv): CommandApiConfig =>
  loadConfig(schemaFor(environment), environment, [
    plainHttpStaysInside,
    databaseIsNamed,
    mailHasSender,
    publicUrlIsSafe,
  ]);
