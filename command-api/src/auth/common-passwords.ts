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

/** One to eight characters again and again. */
const repetition = /^(.{1,8}?)\1+$/su;

/**
 * Whether a password is among the 49,000 that people choose most, a few characters over and over, or one of the first
 * 1,000 with a few digits or symbols at its end (`Password-2026!`), also with symbols for letters (`P@ssw0rd1`).
 */
export const isCommonPassword = (password: string): boolean => {
  const text = password.normalize('NFKC').toLowerCase();
  if (common.has(text) || repetition.test(text)) return true;
  const stem = text.replace(/[^\p{L}]+$/u, '');
  if (stem.length < shortestStem || text.length - stem.length > longestTail) return false;
  return mostCommon.has(stem) || mostCommon.has(stem.replace(/[@4310!$5]/g, (sign) => letterFor[sign] ?? sign));
};
