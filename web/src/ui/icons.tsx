const drawings = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  close: 'm4 4 8 8m0-8-8 8',
  menu: 'M2.5 4.5h11M2.5 8h11m-11 3.5h11',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  down: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  up: 'm4.5 9.5 3.5-3.5 3.5 3.5',
  left: 'M9.5 4.5 6 8l3.5 3.5',
  right: 'm6.5 4.5 3.5 3.5-3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  filter: 'M2.5 4h11M4.5 8h7m-5 4h3',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10m3.6-10v10',
  check: 'm3.5 8.5 3 3 6-7',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5m5-2.5V5',
  pin: 'M8 9.5V14M5 2.5h6M6 2.5v4L4.5 9.5h7L10 6.5v-4',
} as const;
export type IconName = keyof typeof drawings;

/** Drawn for the eye only: the word or the label beside it says what it means. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg
    width="1.15em"
    height="1.15em"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 2 : 1.5}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d={drawings[name]} />
  </svg>
);
