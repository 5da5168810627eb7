import { describe, expect, it } from 'vitest';
import { type ColourName, colours } from './tokens.ts';

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const grounds: ColourName[] = ['ground', 'surface', 'hover', 'selected', 'flash'];
const texts: ColourName[] = ['text', 'muted', 'accentText', 'dangerText'];
const onFilled: [ColourName, ColourName][] = [
  ['onAccent', 'accent'],
  ['onAccent', 'accentHover'],
  ['onDanger', 'danger'],
  ['onDanger', 'dangerHover'],
  ['onMatch', 'match'],
  ['warningText', 'warningGround'],
];

describe.each(['light', 'dark'] as const)('in the %s scheme', (scheme) => {
  const colour = (name: ColourName): string => colours[scheme][name];

  it.each(grounds.flatMap((ground) => texts.map((text) => [text, ground] as const)))(
    '%s can be read on %s',
    (text, ground) => {
      expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(onFilled)('%s can be read on %s', (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['controlLine', 'accent', 'accentText'] as const)('%s stands out from the ground', (name) => {
    expect(contrast(colour(name), colour('ground'))).toBeGreaterThanOrEqual(3);
  });
});
