import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Nothing of this is used, so no script that got in can use it. */
const unusedFeatures = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * For a plugin that serves pages (the web app, the API browser): a strict content security policy of one origin in place
 * of the API's, and access `public` for every route in it. `nonces` gives every
 * answer its own (`reply.cspNonce`), for pages that hand it to their styles. Nothing inline is allowed.
 */
export const servePages = async (
  app: FastifyInstance,
  { nonces = false }: { readonly nonces?: boolean } = {},
): Promise<void> => {
  app.addHook('onRoute', (options) => {
    options.config = { access: { kind: 'public' }, ...options.config };
  });
  // Fastify's own headers would win over those that helmet writes on the raw answer.
  app.addHook('onRequest', (_request, reply, done) => {
    reply.removeHeader('content-security-policy');
    reply.removeHeader('referrer-policy');
    reply.header('permissions-policy', unusedFeatures);
    done();
  });
  await app.register(helmet, {
    enableCSPNonces: nonces,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Plain HTTP is served on localhost only; the gateway that ends TLS sends this header.
    strictTransportSecurity: false,
  });
};
