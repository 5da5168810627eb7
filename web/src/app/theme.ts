import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { breakpoints, colours, cssVariables, fontFamily, sizes, textSizes, token } from './tokens.ts';

const shades = (light: string, dark: string): MantineColorsTuple => [
  light,
  light,
  light,
  light,
  light,
  dark,
  dark,
  light,
  light,
  light,
];

const px = (value: number): string => `${value}px`;

export const theme = createTheme({
  fontFamily,
  fontSizes: { xs: px(textSizes.small), sm: px(textSizes.text), md: px(textSizes.text) },
  headings: { fontFamily },
  defaultRadius: px(sizes.radius),
  breakpoints: { sm: px(breakpoints.tablet), lg: px(breakpoints.desktop) },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: {
    accent: shades(colours.light.accent, colours.dark.accent),
    red: shades(colours.light.danger, colours.dark.danger),
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
});

const kit = {
  '--mantine-color-body': token('ground'),
  '--mantine-color-text': token('text'),
  '--mantine-color-dimmed': token('muted'),
  '--mantine-color-placeholder': token('muted'),
  '--mantine-color-error': token('dangerText'),
  '--mantine-color-default': token('ground'),
  '--mantine-color-default-hover': token('hover'),
  '--mantine-color-default-color': token('text'),
  '--mantine-color-default-border': token('line'),
  '--mantine-color-gray-4': token('controlLine'),
  '--mantine-color-dark-4': token('controlLine'),
  '--mantine-color-dark-6': token('ground'),
  '--mantine-color-anchor': token('accentText'),
  '--mantine-primary-color-filled': token('accent'),
  '--mantine-primary-color-filled-hover': token('accentHover'),
  '--mantine-color-accent-filled': token('accent'),
  '--mantine-color-accent-filled-hover': token('accentHover'),
  '--mantine-color-accent-light': token('selected'),
  '--mantine-color-accent-light-hover': token('selected'),
  '--mantine-color-accent-light-color': token('accentText'),
  '--mantine-color-red-filled': token('danger'),
  '--mantine-color-red-filled-hover': token('dangerHover'),
  '--mantine-color-disabled': token('hover'),
  '--mantine-color-disabled-color': token('muted'),
  '--mantine-color-disabled-border': token('line'),
};

/** Gives the kit our tokens as its variables, so that none of its own colours shows. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: cssVariables.both,
  light: { ...cssVariables.light, ...kit },
  dark: { ...cssVariables.dark, ...kit },
});
