/** `2026-03-15 13:30:00.5+00` → `2026-03-15T13:30:00.500Z`, without a Date per cell. */
export const isoInstant = (text: string): string => {
  const fraction = text.slice(19, text.indexOf('+', 19)).slice(1, 4).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
};
