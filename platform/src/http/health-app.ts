import { refusal } from '@ims/contracts/error-codes';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { answerError, sendRefusal } from './errors.ts';
import { type HealthOptions, healthRoutes } from './health.ts';
import { requestIdOf, rewriteAlias, setCommonHeaders } from './request-context.ts';

/** For a process that answers nothing but how it is. Ready, not listening. */
export const buildHealthApp = async (options: HealthOptions): Promise<FastifyInstance> => {
  const app = fastify({
    logger: false,
    genReqId: requestIdOf,
    rewriteUrl: rewriteAlias,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request as FastifyRequest, reply as FastifyReply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) =>
    sendRefusal(reply, refusal('RESOURCE_NOT_FOUND', 'This process answers nothing but its health')),
  );
  app.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    done();
  });
  await app.register(healthRoutes, options);
  await app.ready();
  return app;
};
