type DayRange = { readonly label: string; readonly startFrom: string; readonly startTo: string };

const dayMs = 86_400_000;
const toDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The ranges that are asked for most, from today's calendar day; weeks begin on Monday. */
export const dayRanges = (today: string): readonly DayRange[] => {
  const date = new Date(`${today}T00:00:00Z`);
  const monday = date.valueOf() - ((date.getUTCDay() + 6) % 7) * dayMs;
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return [
    { label: 'Today', startFrom: today, startTo: today },
    { label: 'This week', startFrom: toDay(monday), startTo: toDay(monday + 6 * dayMs) },
    { label: 'Next week', startFrom: toDay(monday + 7 * dayMs), startTo: toDay(monday + 13 * dayMs) },
    { label: 'This month', startFrom: toDay(Date.UTC(year, month, 1)), startTo: toDay(Date.UTC(year, month + 1, 0)) },
    { label: 'This year', startFrom: `${year}-01-01`, startTo: `${year}-12-31` },
  ];
};
