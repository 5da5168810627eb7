/** What a mail program shows of a mail of ours. */
export type ShownMail = {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  /** Whole address behind the first link of the text. */
  readonly link: string;
};

/** Reads the source of a mail as `mail-transport.ts` makes them; for tests. */
export const readMail = (source: string): ShownMail => {
  const { head, body } = split(source);
  const boundary = /boundary="([^"]+)"/.exec(head['content-type'] ?? '')?.[1] ?? '';
  const parts = body.split(`--${boundary}`).slice(1, -1).map(split);
  const shown = (type: string): string => {
    const part = parts.find((one) => (one.head['content-type'] ?? '').startsWith(type));
    return part ? decoded(part.body, part.head['content-transfer-encoding'] ?? '') : '';
  };
  const text = shown('text/plain');
  return { headers: head, text, html: shown('text/html'), link: /https?:\/\/\S+/.exec(text)?.[0] ?? '' };
};

type Entity = { readonly head: Readonly<Record<string, string>>; readonly body: string };

const split = (source: string): Entity => {
  const whole = source.replaceAll('\r\n', '\n').replace(/^\n/, '');
  const end = whole.indexOf('\n\n');
  const lines = whole
    .slice(0, end)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const head = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { head, body: whole.slice(end + 2) };
};

const decoded = (body: string, encoding: string): string => {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
};
