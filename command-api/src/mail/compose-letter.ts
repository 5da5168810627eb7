import { instantIn, type Letter, lettered, oneLine, type Part } from './letter.ts';
import type { Mail, WaitingMail } from './outbox.ts';

/** The words of a waiting mail, addressed to its reader and with times as that reader's clock shows them. */
export const composeLetter = ({ id, mail }: WaitingMail): Letter => {
  const name = oneLine(mail.displayName);
  const { subject, parts } = wordsOf(mail);
  const greeting = name === '' ? 'Good day,' : `Good day ${name},`;
  return {
    id,
    template: mail.template,
    to: { name, address: mail.to },
    ...lettered(subject, [greeting, ...parts]),
  };
};

type Words = { readonly subject: string; readonly parts: readonly Part[] };

const wordsOf = (mail: Mail): Words => {
  const at = (instant: string): string => instantIn(instant, mail.timezone);
  switch (mail.template) {
    case 'password-reset':
      return {
        subject: 'Choose a new password for IMS',
        parts: [
          'Somebody asked for a new password for your account. Choose it here:',
          { link: mail.link, words: 'Choose a new password' },
          `The link works once, until ${at(mail.expiresAt)}.`,
          'If it was not you, there is nothing to do: your password stays as it is.',
        ],
      };
    case 'welcome':
      return {
        subject: 'Your account in IMS',
        parts: [
          `There is an account for you in IMS. Your username is ${oneLine(mail.username)}. Choose your password here:`,
          { link: mail.link, words: 'Choose a password' },
          `The link works once, until ${at(mail.expiresAt)}. After that, ask for a new one on the sign-in page.`,
        ],
      };
    case 'invitation':
      return {
        subject: `Invitation to ${oneLine(mail.siteName)} in IMS`,
        parts: [
          `${oneLine(mail.inviter)} invites you to the site ${oneLine(mail.siteName)} in IMS. Choose a username and a password here:`,
          { link: mail.link, words: 'Accept the invitation' },
          `The link works once, until ${at(mail.expiresAt)}. After that, ask ${oneLine(mail.inviter)} to invite you again.`,
        ],
      };
    case 'added-to-site':
      return {
        subject: `You can open ${oneLine(mail.siteName)} in IMS now`,
        parts: [
          `You are ${withArticle(mail.role)} of the site ${oneLine(mail.siteName)} from now on. It is in the list of your sites.`,
          { link: mail.link, words: 'Open IMS' },
        ],
      };
    default:
      return securityWords(mail, at);
  }
};

const withArticle = (role: string): string => `${/^[aeiou]/i.test(role) ? 'an' : 'a'} ${role}`;

/** What the owner of an account should know although nothing was asked for. */
const securityWords = (
  mail: Extract<Mail, { template: 'account-locked' | 'password-changed' | 'email-changed' | 'identity-linked' }>,
  at: (instant: string) => string,
): Words => {
  switch (mail.template) {
    case 'account-locked':
      return {
        subject: 'Signing in to IMS is locked for a while',
        parts: [
          `Somebody entered a wrong password for your account several times in a row. Until ${at(mail.until)} nobody can sign in to it from a device that it has not been used on before.`,
          'If it was you, wait until then, or choose a new password on the sign-in page. If it was not, your password held; there is nothing to do.',
          { link: mail.link, words: 'Open IMS' },
        ],
      };
    case 'password-changed':
      return {
        subject: 'Your password for IMS was changed',
        parts: [
          `The password of your account was changed on ${at(mail.at)}. All other sign-ins have ended.`,
          'If it was not you, choose a new password on the sign-in page now and tell an administrator.',
          { link: mail.link, words: 'Open IMS' },
        ],
      };
    case 'email-changed':
      return {
        subject: 'Your e-mail address in IMS was changed',
        parts: [
          `An administrator gave your account another e-mail address on ${at(mail.at)}. Mails about it no longer come here, and links that came here no longer open.`,
          'If you did not expect this, tell an administrator.',
          { link: mail.link, words: 'Open IMS' },
        ],
      };
    case 'identity-linked':
      return {
        subject: `Your account in IMS opens by ${oneLine(mail.issuer)} now`,
        parts: [
          `On ${at(mail.at)} somebody whom ${oneLine(mail.issuer)} knows by your e-mail address signed in to your account. From now on it opens by ${oneLine(mail.issuer)} as well.`,
          'If it was not you, tell an administrator.',
          { link: mail.link, words: 'Open IMS' },
        ],
      };
    default:
      return mail satisfies never;
  }
};
