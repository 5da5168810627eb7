import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * For a plugin that serves pages (the web app, the API browser): a strict content security policy of one origin in place
 * of the API's, and access `public` for every route in it. `inlineStyles` for pages of others whose scripts set styles;
 * `nonces` gives every answer its own (`reply.cspNonce`), for pages that hand it to theirs.
 */
export const servePages = async (
  app: FastifyInstance,
  { inlineStyles = false, nonces = false }: { readonly inlineStyles?: boolean; readonly nonces?: boolean } = {},
): Promise<void> => {
  app.addHook('onRoute', (options) => {
    options.config = { access: { kind: 'public' }, ...options.config };
  });
  // Fastify's own headers would win over those that helmet writes on the raw answer.
  app.addHook('onRequest', (_request, reply, done) => {
    reply.removeHeader('content-security-policy');
    reply.removeHeader('referrer-policy');
    done();
  });
  await app.register(helmet, {
    enableCSPNonces: nonces,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: inlineStyles ? ["'self'", "'unsafe-inline'"] : ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Plain HTTP is served on localhost only; the gateway that ends TLS sends this header.
    strictTransportSecurity: false,
  });
};
