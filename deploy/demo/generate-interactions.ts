import { type CompleteInteraction, defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import { type Random, seededRandom } from './generate-interactions-random.ts';
import { leads, locations, organizations, sentences, titlePatterns, topics } from './generate-interactions-words.ts';

export type MadeUpInteraction = CompleteInteraction & { readonly status: InteractionStatus };

const otherZones = [
  'Europe/London',
  'Europe/Athens',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
] as const;

const minute = 60_000;
const day = 24 * 60 * minute;
const daysBack = 730;
const daysAhead = 90;

/**
 * Varied, realistic, invented interactions; the same options always give the same rows.
 * @param today `YYYY-MM-DD`: rows lie between two years before it and three months after it
 * @param timezone the site's zone, in which most of them take place
 */
export function* generateInteractions(options: {
  readonly seed: number;
  readonly count: number;
  readonly today: string;
  readonly timezone: string;
}): Generator<MadeUpInteraction, void, undefined> {
  const random = seededRandom(options.seed);
  for (let made = 0; made < options.count; made += 1) yield makeInteraction(random, options);
}

const makeInteraction = (
  random: Random,
  { today, timezone }: { readonly today: string; readonly timezone: string },
): MadeUpInteraction => {
  const daysFromToday = random.between(-daysBack, daysAhead);
  const title = makeTitle(random);
  const type = typeOf(random, title);
  return {
    title,
    type,
    lead: random.skewed(leads),
    ...makeTimes(random, onWorkday(random, Date.parse(`${today}T00:00Z`) + daysFromToday * day), type),
    timezone: random.chance(0.85) ? timezone : random.pick(otherZones),
    location: random.pick(locations),
    description: random.chance(0.3) ? '' : makeText(random, random.chance(0.02) ? 90 : 5),
    notes: random.chance(0.6) ? '' : makeText(random, 4),
    status: makeStatus(random, daysFromToday),
  };
};

const makeTitle = (random: Random): string => {
  const title = random
    .pick(titlePatterns)
    .replace('{topic}', random.skewed(topics))
    .replace('{organization}', random.skewed(organizations));
  const capital = title.charAt(0).toUpperCase() + title.slice(1);
  return random.chance(0.08) ? `${capital} [${random.between(10_000, 99_999)}]` : capital;
};

const typeOf = (random: Random, title: string): string => {
  const named = defaultInteractionTypes.find((type) => title.toLowerCase().includes(type.toLowerCase()));
  return named ?? (random.chance(0.5) ? 'Meeting' : random.pick(defaultInteractionTypes));
};

/** Few people meet on Saturdays and Sundays: most such days become the Friday before. */
const onWorkday = (random: Random, date: number): number => {
  const weekday = new Date(date).getUTCDay();
  if ((weekday !== 0 && weekday !== 6) || random.chance(0.1)) return date;
  return date - (weekday === 0 ? 2 : 1) * day;
};

/** Times stay between early morning and late evening: no zone changes its clocks then. */
const makeTimes = (random: Random, dayStart: number, type: string) => {
  const start = dayStart + random.between(30, 75) * 15 * minute;
  const lasts = random.pick([15, 30, 30, 45, 60, 60, 60, 90, 120, 240]) * minute;
  const days = type === 'Training' || type === 'Visit' ? random.between(0, 3) * day : 0;
  return { startDateTime: wallText(start), endDateTime: wallText(start + lasts + days) };
};

const wallText = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 16);

/** Up to `most` sentences, at times in paragraphs. */
const makeText = (random: Random, most: number): string => {
  const parts = Array.from({ length: random.between(1, most) }, () => random.pick(sentences));
  return parts.filter((part, at) => part !== parts[at - 1]).join(random.chance(0.2) ? '\n\n' : ' ');
};

const makeStatus = (random: Random, daysFromToday: number): InteractionStatus => {
  if (random.chance(0.06)) return random.chance(0.6) ? 'draft' : 'incomplete';
  if (daysFromToday < -400 && random.chance(0.7)) return 'archived';
  return random.chance(daysFromToday > -30 ? 0.6 : 0.15) ? 'active' : 'complete';
};
