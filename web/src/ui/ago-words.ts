import { formatInstant, formatNumber } from './date-words.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `3 min ago`; a date from a day on. */
export const agoWords = (instant: string, now: number = Date.now()): string => {
  const age = now - Date.parse(instant);
  if (Number.isNaN(age)) return instant;
  if (age < minuteMs) return 'just now';
  if (age < hourMs) return `${Math.floor(age / minuteMs)} min ago`;
  return age < dayMs ? `${Math.floor(age / hourMs)} h ago` : formatInstant(instant);
};

/** `420 ms`, `3 s`, `2 min`, `1 h 5 min`, `3 days`: as exact as somebody who waits wants to know. */
export const durationWords = (milliseconds: number): string => {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < minuteMs) return `${Math.round(milliseconds / 1_000)} s`;
  if (milliseconds < hourMs) return `${Math.round(milliseconds / minuteMs)} min`;
  if (milliseconds >= 2 * dayMs) return `${formatNumber(Math.floor(milliseconds / dayMs))} days`;
  const minutes = Math.round((milliseconds % hourMs) / minuteMs);
  return `${Math.floor(milliseconds / hourMs)} h${minutes ? ` ${minutes} min` : ''}`;
};
