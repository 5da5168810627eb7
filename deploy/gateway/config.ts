import { loadConfig } from '@ims/platform/config/load-config';
import { plainHttpStaysInside, type Rule } from '@ims/platform/config/rules';
import { onOff, variables } from '@ims/platform/config/variables';
import { z } from 'zod';

const addresses = z
  .string()
  .transform((value) => value.split(',').map((one) => one.trim().replace(/\/$/, '')))
  .refine(
    (all) =>
      all.every((one) => URL.canParse(one) && new URL(one).protocol === 'http:' && new URL(one).pathname === '/'),
    'must be addresses like http://host:3001, separated by commas',
  );

const GatewayEnvironment = z.object({
  PORT: variables.PORT,
  HOST: variables.HOST,
  BEHIND_TLS: variables.BEHIND_TLS,
  TRUSTED_PROXIES: variables.TRUSTED_PROXIES,
  LOG_LEVEL: variables.LOG_LEVEL,
  IMS_INSTANCE: variables.IMS_INSTANCE,
  METRICS_PORT: variables.METRICS_PORT,
  /** Where the services answer; several of each share the work. */
  COMMAND_APIS: addresses.default(['http://127.0.0.1:3001']),
  QUERY_APIS: addresses.default(['http://127.0.0.1:3002']),
  /** Asked for their health only. */
  PROJECTORS: addresses.default(['http://127.0.0.1:3003']),
  /** Tells the sign-in page that the demonstration's people exist. */
  IMS_DEMO: onOff('off'),
});

export type GatewayConfig = Readonly<z.infer<typeof GatewayEnvironment>>;

export const loadGatewayConfig = (environment: NodeJS.ProcessEnv, rules: readonly Rule[] = []): GatewayConfig =>
  loadConfig(GatewayEnvironment, environment, [plainHttpStaysInside, ...rules]);
