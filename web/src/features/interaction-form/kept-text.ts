import type { FormValues } from './form-values.ts';

/** What was typed and not saved, with the revision it was typed on; it outlives a reload of the tab. */
export type KeptText = {
  readonly values: FormValues;
  readonly base: FormValues;
  readonly revision: number | undefined;
};

/** Whose text it is, and where it belongs: the next person at this browser must not find it. */
export type KeptPlace = { readonly userId: string; readonly siteId: string; readonly id: string };

const nameOf = ({ userId, siteId, id }: KeptPlace): string => `ims.unsaved.${userId}.${siteId}.${id}`;

export const keepText = (place: KeptPlace, text: KeptText): void => {
  try {
    sessionStorage.setItem(nameOf(place), JSON.stringify(text));
  } catch {
    // Without storage the text lives as long as the form.
  }
};

export const keptText = (place: KeptPlace): KeptText | undefined => {
  try {
    const text = sessionStorage.getItem(nameOf(place));
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};

export const forgetText = (place: KeptPlace): void => {
  try {
    sessionStorage.removeItem(nameOf(place));
  } catch {
    // Nothing was kept then.
  }
};
