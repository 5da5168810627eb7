import { dictionary } from '@zxcvbn-ts/language-common';

/** Most common first. */
const passwords = dictionary['passwords-common'];
const common = new Set(passwords);
const mostCommon = new Set(passwords.slice(0, 1_000));

const shortestStem = 5;
const longestTail = 6;
const letterFor: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
};

const letter = /\p{L}/u;

/** The text up to its last letter; undefined when more follows than a tail. An expression would look from every character anew. */
const stemOf = (text: string): string | undefined => {
  let end = text.length;
  for (const character of [...text].reverse()) {
    if (letter.test(character)) break;
    end -= character.length;
    if (text.length - end > longestTail) return undefined;
  }
  return text.slice(0, end);
};

/** One to eight characters again and again. */
const repetition = /^(.{1,8}?)\1+$/su;

/**
 * Whether a password is among the 49,000 that people choose most, a few characters over and over, or one of the first
 * 1,000 with a few digits or symbols at its end (`Password-2026!`), also with symbols for letters (`P@ssw0rd1`).
 */
export const isCommonPassword = (password: string): boolean => {
  const text = password.normalize('NFKC').toLowerCase();
  if (common.has(text) || repetition.test(text)) return true;
  const stem = stemOf(text);
  if (stem === undefined || stem.length < shortestStem) return false;
  return mostCommon.has(stem) || mostCommon.has(stem.replace(/[@4310!$5]/g, (sign) => letterFor[sign] ?? sign));
};
