import { loadConfig } from '@ims/platform/config/load-config';
import { variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const { IMS_HOME, DATABASE_URL, LOG_LEVEL, EVENT_LOG, MESSAGES } = variables;

const ProjectorEnvironment = z.object({
  /** Folder of the master key, from which the password of `ims_projector` follows. */
  IMS_HOME,
  DATABASE_URL: DATABASE_URL.unwrap(),
  LOG_LEVEL,
  EVENT_LOG,
  MESSAGES,
});

export type ProjectorConfig = Readonly<z.infer<typeof ProjectorEnvironment>>;

export const loadProjectorConfig = (environment: NodeJS.ProcessEnv): ProjectorConfig =>
  loadConfig(ProjectorEnvironment, environment);
