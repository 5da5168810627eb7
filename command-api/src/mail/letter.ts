import { type Html, html } from './html.ts';

/** A mail as it is sent, apart from who sends it. */
export type Letter = {
  /** Of the outbox row; the Message-ID follows from it. */
  readonly id: string;
  readonly template: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** A paragraph, or a link on a line of its own with the words that show it where links can have words. */
export type Part = string | { readonly link: string; readonly words: string };

const longestName = 120;

/** A name on one line: without controls, which could end a header, and not longer than a line. */
export const oneLine = (name: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it removes
  const line = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return line.length > longestName ? `${line.slice(0, longestName - 1)}…` : line;
};

/** An instant as the reader's clock shows it, with the zone's name: `21 November 2026, 18:33 (Europe/Brussels)`. */
export const instantIn = (instant: string, timezone: string): string => {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: timezone } as const;
  try {
    return `${new Intl.DateTimeFormat('en-GB', format).format(new Date(instant)).replace(' at ', ', ')} (${timezone})`;
  } catch {
    // A zone that this build does not know.
    return instantIn(instant, 'UTC');
  }
};

/** Words of one mail in both forms that mail programs show. */
export const lettered = (subject: string, parts: readonly Part[]): Pick<Letter, 'subject' | 'text' | 'html'> => ({
  subject: oneLine(subject),
  text: `${parts.map((part) => (typeof part === 'string' ? wrapped(part) : part.link)).join('\n\n')}\n\nIMS\n`,
  html: page(parts.map(paragraph)).source,
});

const paragraph = (part: Part): Html =>
  typeof part === 'string'
    ? html`<p style="margin:0 0 16px">${part}</p>`
    : html`<p style="margin:0 0 16px"><a href="${part.link}" style="color:#1d4ed8">${part.words}</a></p>`;

const page = (paragraphs: readonly Html[]): Html =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#ffffff">
<div style="max-width:70ch">${paragraphs}<p style="margin:0;color:#59636e">IMS</p></div>
</body></html>
`;

const lineLength = 72;

/** Lines short enough for every mail program. */
const wrapped = (text: string): string => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > lineLength) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
};
