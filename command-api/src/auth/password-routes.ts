import { SignedIn } from '@ims/contracts/auth/api';
import {
  ChangePasswordBody,
  ForgotPasswordBody,
  type PasswordPolicy,
  PasswordPolicyAnswer,
  ResetPasswordBody,
} from '@ims/contracts/auth/passwords';
import { isRefusal } from '@ims/contracts/error-codes';
import type { Server } from '@ims/platform/http/build-server';
import { sendRefusal } from '@ims/platform/http/errors';
import { callerOf } from '@ims/platform/http/route-access';
import { z } from 'zod';
import type { AfterAnswer } from './after-answer.ts';
import type { ChangePassword } from './change-password.ts';
import type { ForgottenPasswords } from './forgotten-passwords.ts';
import type { ResetPassword } from './reset-password.ts';
import { type SignedInAnswerOptions, signedInAnswer, signInAgain } from './signed-in-answer.ts';

export type PasswordRouteOptions = SignedInAnswerOptions & {
  readonly policy: PasswordPolicy;
  readonly changePassword: ChangePassword;
  readonly resetPassword: ResetPassword;
  readonly forgotten: ForgottenPasswords;
  readonly afterAnswer: AfterAnswer;
};

const credentials = { access: { kind: 'public' }, rate: 'credentials' } as const;
const Done = z.object({ success: z.literal(true) });

/** What a password must have, changing one's own, and getting a new one by mail. */
export const passwordRoutes = (app: Server, options: PasswordRouteOptions): void => {
  app.get(
    '/password-policy',
    {
      config: { access: { kind: 'public' } },
      schema: { summary: 'What a new password must have', response: { 200: PasswordPolicyAnswer } },
    },
    async (_request, reply) => reply.send({ policy: options.policy }),
  );
  changeRoute(app, options);
  forgotRoute(app, options);
  resetRoute(app, options);
};

const changeRoute = (app: Server, options: PasswordRouteOptions): void => {
  app.post(
    '/password/change',
    {
      config: { access: { kind: 'signed-in', withExpiredPassword: true }, rate: 'credentials' },
      schema: {
        summary: 'Change the own password; signs out everywhere else',
        body: ChangePasswordBody,
        response: { 200: SignedIn },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = callerOf(request);
      const refused = await options.changePassword({ userId, sessionId, request, ...request.body });
      if (refused) return sendRefusal(reply, refused);
      // Only tokens of ours have a session, and only they can be renewed.
      if (sessionId === undefined) return sendRefusal(reply, signInAgain);
      const answer = await signedInAnswer(options, { userId, sessionId, method: 'password' });
      return isRefusal(answer) ? sendRefusal(reply, answer) : reply.send(answer);
    },
  );
};

const forgotRoute = (app: Server, { forgotten, afterAnswer }: PasswordRouteOptions): void => {
  app.addHook('onClose', () => afterAnswer.whenDone());
  app.post(
    '/password/forgot',
    {
      config: credentials,
      schema: {
        summary: 'Have a link to choose a new password mailed; answers the same whether anybody has this e-mail',
        body: ForgotPasswordBody,
        response: { 202: Done },
      },
    },
    async (request, reply) => {
      const { email } = request.body;
      reply.code(202).send({ success: true });
      afterAnswer.begin('forgotten-password', request.log, () => forgotten.askedBy(email, request.id));
      return reply;
    },
  );
};

const resetRoute = (app: Server, { resetPassword }: PasswordRouteOptions): void => {
  app.post(
    '/password/reset',
    {
      config: credentials,
      schema: {
        summary: 'Choose a new password with the link that was mailed; signs out everywhere',
        body: ResetPasswordBody,
        response: { 200: Done },
      },
    },
    async (request, reply) => {
      const refused = await resetPassword({ ...request.body, correlationId: request.id });
      return refused ? sendRefusal(reply, refused) : reply.send({ success: true });
    },
  );
};
