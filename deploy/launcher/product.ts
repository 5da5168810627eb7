import type { Auth } from '@ims/command-api/auth/auth';
import type { Commands } from '@ims/command-api/commands';
import type { MailOptions } from '@ims/command-api/mail/mail-options';
import { createCommandPool, openCommandService } from '@ims/command-api/service';
import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import { serviceUrl } from '@ims/platform/database/roles';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { Server } from '@ims/platform/http/build-server';
import { openApiDocument } from '@ims/platform/http/openapi';
import { shareRoutes } from '@ims/platform/http/routes';
import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import type { Logger } from '@ims/platform/observability/logger';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import { type EngineChoice, openEngines } from '@ims/platform/process/open-engines';
import type { Projector } from '@ims/projector/app';
import { createProjectorPool, openProjectorService } from '@ims/projector/service';
import { createQueryPool } from '@ims/query-api/query-pool';
import { openQueryService } from '@ims/query-api/service';
import type { Handler } from './gateway.ts';
import { isDemonstration } from './is-demonstration.ts';

export type ProductOptions = {
  readonly version: string;
  /** Of the database's owner; every service gets the address of its own role from it. */
  readonly databaseUrl: string;
  /** Default: everything in PostgreSQL and in this process. */
  readonly engines?: EngineChoice;
  readonly masterKey: MasterKey;
  readonly logger: (component: string) => Logger;
  readonly rateLimit: boolean;
  /** External issuers that people sign in by, or whose tokens are accepted; default none. */
  readonly issuers?: readonly ExternalIssuer[] | undefined;
  /** Whose `X-Forwarded-For` is believed; default nobody's. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly metrics?: Metrics | undefined;
  /** What new passwords must have; default the profile `spec`. */
  readonly passwordPolicy?: PasswordPolicy | undefined;
  /** Where people's browsers find IMS; default `http://localhost:3000`. */
  readonly publicUrl?: string | undefined;
  /** How mails leave; without it they stay in the outbox. */
  readonly mail?: MailOptions | undefined;
  /** Whether a demonstration is wanted; one is never mixed into records that are there already. */
  readonly demo: boolean;
  /** True when no other projector can be at work on this database. */
  readonly alone: boolean;
};

export type Product = {
  readonly log: EventLog;
  readonly commands: Commands;
  readonly auth: Auth;
  readonly projector: Projector;
  /** True when the demonstration's people can sign in, or are about to be created. */
  readonly demo: boolean;
  readonly tzData: string;
  readonly apps: { readonly commands: Server; readonly queries: Server };
  readonly handlers: { readonly commands: Handler; readonly queries: Handler };
  /** In the order in which they must stop. */
  readonly stopSteps: readonly StopStep[];
};

const embeddedEngines: EngineChoice = { EVENT_LOG: 'postgres', MESSAGES: 'postgres', CACHE: 'memory' };

/** All services in this process, each signed in to the database as its own role, as they would be apart. */
export const startProduct = async (options: ProductOptions): Promise<Product> => {
  const { databaseUrl, masterKey, version, logger, rateLimit, metrics } = options;
  const urlOf = (role: 'ims_command' | 'ims_projector' | 'ims_query') => serviceUrl(databaseUrl, role, masterKey.bytes);
  const commandPool = createCommandPool(urlOf('ims_command'));
  const projectorPool = createProjectorPool(urlOf('ims_projector'));
  const queryPool = createQueryPool({ url: urlOf('ims_query') });
  const engines = await openEngines(options.engines ?? embeddedEngines, {
    databaseUrl: urlOf('ims_command'),
    applicationName: 'ims',
    logger: logger('engines'),
  });
  const demo = await isDemonstration(engines.log, options.demo);
  const { issuers, trustedProxies, publicUrl, mail, passwordPolicy } = options;
  const shared = { version, masterKey, rateLimit, metrics, issuers, trustedProxies };

  const commandService = await openCommandService(
    { ...shared, pool: commandPool, demo, publicUrl, mail, passwordPolicy, logger: logger('command-api') },
    engines,
  );
  const projectorService = openProjectorService(
    {
      pool: projectorPool,
      ownerUrl: databaseUrl,
      masterKey,
      logger: logger('projector'),
      alone: options.alone,
      metrics,
    },
    engines,
  );
  const commandApi = commandService.app;
  const queryService = await openQueryService(
    {
      ...shared,
      pool: queryPool,
      keySource: commandService.auth.signingKeys.keySource,
      logger: logger('query-api'),
      otherDocument: () => openApiDocument(commandApi),
    },
    engines,
  );
  const queryApi = queryService.app;
  shareRoutes(commandApi, queryApi);

  return {
    log: engines.log,
    commands: commandService.commands,
    auth: commandService.auth,
    projector: projectorService.projector,
    demo,
    tzData: commandService.tzData,
    apps: { commands: commandApi, queries: queryApi },
    handlers: {
      commands: (request, response) => commandApi.routing(request, response),
      queries: (request, response) => queryApi.routing(request, response),
    },
    stopSteps: [
      ...queryService.stopSteps,
      ...commandService.stopSteps,
      ...projectorService.stopSteps,
      ...engines.stopSteps,
      { name: 'connections', stop: () => Promise.all([commandPool.end(), projectorPool.end(), queryPool.end()]) },
    ],
  };
};
