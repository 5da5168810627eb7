import { join, resolve } from 'node:path';
import { createFileTransport, createSmtpTransport, type MailTransport } from './mail-transport.ts';

/** How mails leave: by `smtpUrl`, or without it as files in `folder`. */
export type MailOptions = {
  readonly smtpUrl: string | undefined;
  /** The sender as mail programs write it: `IMS <ims@example.org>`. */
  readonly from: string;
  /** Absolute. */
  readonly folder: string;
};

type MailVariables = {
  readonly SMTP_URL?: string | undefined;
  readonly MAIL_FROM: string;
  readonly IMS_HOME: string;
};

export const mailOptionsOf = ({ SMTP_URL, MAIL_FROM, IMS_HOME }: MailVariables): MailOptions => ({
  smtpUrl: SMTP_URL,
  from: MAIL_FROM,
  folder: join(resolve(IMS_HOME), 'outbox'),
});

export const openMailTransport = ({ smtpUrl, from, folder }: MailOptions): MailTransport =>
  smtpUrl ? createSmtpTransport({ url: smtpUrl, from }) : createFileTransport({ folder, from });
