import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Letter } from './letter.ts';

/** Carries letters out of the system. Throws what went wrong; `isRefusedForGood` says whether trying again helps. */
export type MailTransport = { send(letter: Letter): Promise<void> };

const seconds = 1_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * `url`: `smtp://user:password@host:587` or `smtps://…:465`. The server must speak TLS with a certificate that is
 * valid for its name, unless it is on this machine or `?tls=false` says that nobody else is on its network.
 */
export const createSmtpTransport = ({ url, from }: { readonly url: string; readonly from: string }): MailTransport => {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const secure = protocol === 'smtps:';
  const isPlain = !secure && (loopback.has(hostname) || searchParams.get('tls') === 'false');
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 465 : 587,
    secure,
    requireTLS: !secure && !isPlain,
    ignoreTLS: isPlain,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    dnsTimeout: 10 * seconds,
    connectionTimeout: 10 * seconds,
    greetingTimeout: 10 * seconds,
    socketTimeout: 30 * seconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (letter) => {
      await transport.sendMail(messageOf(letter, from));
    },
  };
};

/**
 * For installations without a mail server: `<time>-<template>-<id>.eml` in the folder, readable for its owner only.
 * A file is complete when it has its name.
 */
export const createFileTransport = ({
  folder,
  from,
}: {
  readonly folder: string;
  readonly from: string;
}): MailTransport => {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    send: async (letter) => {
      const { message } = await composer.sendMail(messageOf(letter, from));
      const time = new Date().toISOString().replace(/[:.]/g, '-');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeWhole(folder, `${time}-${letter.template}-${letter.id}.eml`, message as Buffer);
    },
  };
};

const writeWhole = async (folder: string, name: string, content: Buffer): Promise<void> => {
  const unfinished = join(folder, `.${name}.${randomUUID()}`);
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(folder, name));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};

/** One address and nothing around it, so that a mail never has another reader. */
const oneAddress = /^[^\s<>()[\],;:\\"@]+@[^\s<>()[\],;:\\"@]+$/;

class NotAnAddress extends Error {
  override readonly name = 'NotAnAddress';
}

const messageOf = ({ id, to, subject, text, html }: Letter, from: string) => {
  if (!oneAddress.test(to.address)) throw new NotAnAddress('The mail has no address that it can be sent to.');
  return {
    from,
    to,
    subject,
    text,
    html,
    // The same at every try: a mail server that got it twice can tell.
    messageId: `<${id}@${/@([^\s>]+)>?$/.exec(from)?.[1] ?? 'ims'}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
};

type SmtpError = Error & { readonly code?: unknown; readonly responseCode?: unknown; readonly command?: unknown };

/** The server does not take this reader or this content, now or later; its own troubles are another matter. */
export const isRefusedForGood = (error: unknown): boolean => {
  if (error instanceof NotAnAddress) return true;
  const { responseCode, command } = error as SmtpError;
  return Number(responseCode) >= 500 && (command === 'RCPT TO' || command === 'DATA');
};

const serverTroubles = new Set([
  'ECONNECTION',
  'ETIMEDOUT',
  'ESOCKET',
  'EDNS',
  'ETLS',
  'EAUTH',
  'EPROTOCOL',
  'EOAUTH2',
]);

/** Nothing can be sent now, whatever mail it is. */
export const isServerAway = (error: unknown): boolean =>
  error instanceof Error && serverTroubles.has(String((error as SmtpError).code));

/** What went wrong without what a server said, for that may name the reader. */
export const problemOf = (error: unknown): string => {
  const { name, code, responseCode, command } = error as SmtpError;
  return [code ?? name, responseCode, command].filter((one) => one !== undefined && one !== null).join(' ');
};
