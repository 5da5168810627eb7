/** Every colour and size of the product. Mantine, AG Grid and our own styles read them as `--ims-…` variables. */
export const colours = {
  light: {
    ground: '#ffffff',
    surface: '#f6f8f9',
    hover: '#f0f4f5',
    line: '#dfe5e8',
    controlLine: '#859298',
    text: '#182226',
    muted: '#53626a',
    accent: '#0f6b6b',
    accentHover: '#0b5757',
    accentText: '#0c6161',
    onAccent: '#ffffff',
    selected: '#e4f1f0',
    danger: '#b3261e',
    dangerHover: '#8f1d17',
    dangerText: '#a8231b',
    onDanger: '#ffffff',
    warningText: '#7a4d00',
    warningGround: '#fdf3dc',
    match: '#fbe6a2',
    onMatch: '#182226',
    flash: '#cfe8e5',
    shadow: 'rgb(16 32 38 / 16%)',
    overlay: 'rgb(16 32 38 / 32%)',
  },
  dark: {
    ground: '#14191c',
    surface: '#1a2124',
    hover: '#21292d',
    line: '#2d373c',
    controlLine: '#6f7f87',
    text: '#e2e8ea',
    muted: '#9eacb3',
    accent: '#17797a',
    accentHover: '#1a8182',
    accentText: '#64c4bd',
    onAccent: '#ffffff',
    selected: '#173536',
    danger: '#bf3a30',
    dangerHover: '#cc4a40',
    dangerText: '#f2988d',
    onDanger: '#ffffff',
    warningText: '#e3b95c',
    warningGround: '#332a16',
    match: '#5c4a14',
    onMatch: '#fff3cf',
    flash: '#1b3f40',
    shadow: 'rgb(0 0 0 / 48%)',
    overlay: 'rgb(0 0 0 / 48%)',
  },
} as const satisfies Record<'light' | 'dark', Record<string, string>>;

export type ColourName = keyof typeof colours.light;

/** Lengths in px. */
export const sizes = {
  bar: 48,
  footer: 40,
  control: 32,
  touchControl: 40,
  radius: 6,
  mark: 20,
  dot: 8,
  focus: 2,
  hairline: 2,
  panel: 520,
  narrowPanel: 480,
  dialog: 440,
  filters: 560,
  signIn: 360,
  menu: 220,
  search: 420,
  page: 960,
  widePage: 1280,
  progress: 4,
} as const;

export const spaces = { '1': 4, '2': 8, '3': 12, '4': 16, '5': 20, '6': 24, '8': 32, '12': 48 } as const;

export const textSizes = { small: 12, grid: 13, text: 14, title: 20 } as const;

export const rowHeights = { compact: 30, normal: 36, comfortable: 44 } as const;
export type RowHeight = keyof typeof rowHeights;

/** A row grows by this when it shows a line such as "in notes: …" under the title. */
export const matchLineHeight = 18;

/** Widths in px from which a screen is a tablet, and a desktop. */
export const breakpoints = { tablet: 768, desktop: 1200 } as const;

export const motion = '120ms';

export const fontFamily = "'Inter Variable', system-ui, sans-serif";

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const variables = (prefix: string, values: Record<string, string | number>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `--ims-${prefix}${kebab(name)}`,
      typeof value === 'number' ? `${value}px` : value,
    ]),
  );

/** The tokens as CSS variables: what holds for both schemes, and each scheme's colours. */
export const cssVariables = {
  both: {
    ...variables('', sizes),
    ...variables('space-', spaces),
    ...variables('text-', textSizes),
    '--ims-motion': motion,
    '--ims-font': fontFamily,
  },
  light: variables('', colours.light),
  dark: variables('', colours.dark),
};

/** A token's CSS, e.g. `var(--ims-accent-text)`. */
export const token = (name: ColourName | keyof typeof sizes): string => `var(--ims-${kebab(name)})`;
