/** Words for a list of sign-ins; empty where nothing is known. The order counts: most browsers name others as well. */
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bVersion\/[\d.]+ .*Safari\//],
  ['curl', /^curl\//],
];

const systems: readonly (readonly [string, RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

const firstIn = (words: readonly (readonly [string, RegExp])[], text: string): string =>
  words.find(([, mark]) => mark.test(text))?.[0] ?? '';

/** Like "Firefox" and "Linux", from the header `User-Agent`. */
export const wordsForUserAgent = (userAgent: string): { readonly browser: string; readonly system: string } => ({
  browser: firstIn(browsers, userAgent),
  system: firstIn(systems, userAgent),
});
