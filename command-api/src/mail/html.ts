/** HTML that is whole: texts in it were escaped. Only `html` makes it. */
export type Html = { readonly source: string };

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => named[character] ?? '');

const sourceOf = (value: string | Html | readonly Html[]): string => {
  if (typeof value === 'string') return escaped(value);
  return 'source' in value ? value.source : value.map(({ source }) => source).join('');
};

/** A template tag: texts between the pieces are escaped, HTML is taken as it is. Put attributes in double quotes. */
export const html = (pieces: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html => ({
  source: pieces.reduce((before, piece, at) => {
    const value = values[at - 1];
    return `${before}${value === undefined ? '' : sourceOf(value)}${piece}`;
  }),
});
