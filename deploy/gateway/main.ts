import type { RequestListener } from 'node:http';
import { buildHealthApp } from '@ims/platform/http/health-app';
import { runService } from '@ims/platform/process/run-service';
import { webDist } from '../launcher/build-web.ts';
import { route } from '../launcher/gateway.ts';
import { buildWebApp } from '../launcher/web-app.ts';
import { type GatewayConfig, loadGatewayConfig } from './config.ts';
import { gatewayChecks } from './health.ts';
import { buildPassOn } from './pass-on.ts';
import { createUpstreams } from './upstreams.ts';

const version = '0.1.0';

const isHealth = (url = '/'): boolean => /^\/api(?:\/v1)?\/health(?:[/?]|$)/.test(url);

/** One origin for services that run apart: the rule of the launcher, over sockets. */
await runService<GatewayConfig>({
  component: 'gateway',
  version,
  load: loadGatewayConfig,
  start: async ({ config, logger }) => {
    const passing = { logger, trustedProxies: config.TRUSTED_PROXIES };
    const commands = await buildPassOn({
      ...passing,
      service: 'command-api',
      upstreams: createUpstreams(config.COMMAND_APIS),
    });
    const queries = await buildPassOn({
      ...passing,
      service: 'query-api',
      upstreams: createUpstreams(config.QUERY_APIS),
    });
    const services = {
      'command-api': config.COMMAND_APIS,
      'query-api': config.QUERY_APIS,
      projector: config.PROJECTORS,
    };
    const health = await buildHealthApp({ version, ...gatewayChecks(services) });
    const web = await buildWebApp({ dist: webDist, demo: config.IMS_DEMO });
    const apps = { commands, queries, web };
    const handler: RequestListener = (request, response) => {
      const app = isHealth(request.url) ? health : apps[route(request)];
      app.routing(request, response);
    };
    return { handler, close: () => Promise.all([health, web, queries, commands].map((app) => app.close())) };
  },
});
