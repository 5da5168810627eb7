import type { FormValues } from './form-values.ts';

/** What was typed and not saved, with the revision it was typed on; it outlives a reload of the tab. */
export type KeptText = {
  readonly values: FormValues;
  readonly base: FormValues;
  readonly revision: number | undefined;
};

const nameOf = (siteId: string, id: string): string => `ims.unsaved.${siteId}.${id}`;

export const keepText = (siteId: string, id: string, text: KeptText): void => {
  try {
    sessionStorage.setItem(nameOf(siteId, id), JSON.stringify(text));
  } catch {
    // Without storage the text lives as long as the form.
  }
};

export const keptText = (siteId: string, id: string): KeptText | undefined => {
  try {
    const text = sessionStorage.getItem(nameOf(siteId, id));
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};

export const forgetText = (siteId: string, id: string): void => {
  try {
    sessionStorage.removeItem(nameOf(siteId, id));
  } catch {
    // Nothing was kept then.
  }
};
