import type { FocusEvent } from 'react';
import './fields.css';
import styles from './fields.module.css';

const text = (name: keyof typeof styles): string => styles[name] ?? '';

/** How every field of the kit looks with us; spread into each one. */
export const field = {
  size: 'sm',
  classNames: {
    wrapper: text('wrapper'),
    input: text('input'),
    label: text('label'),
    required: text('required'),
    error: text('error'),
    description: text('description'),
  },
} as const;

/** The same for fields that open a list; the list stays in place, so that it works inside popovers and sheets. */
export const listField = {
  ...field,
  classNames: { ...field.classNames, dropdown: text('dropdown'), option: text('option') },
  comboboxProps: { withinPortal: false, transitionProps: { duration: 0 }, shadow: 'none' },
  maxDropdownHeight: 240,
  // The browser makes every scrolling box a stop of Tab; the arrows walk this one.
  scrollAreaProps: { viewportProps: { tabIndex: -1 } },
} as const;

/** A field with a list that typing searches: what is typed replaces what was chosen. */
export const searchedListField = {
  ...listField,
  searchable: true,
  selectFirstOptionOnChange: true,
  openOnFocus: false,
  onFocus: (event: FocusEvent<HTMLInputElement>): void => event.currentTarget.select(),
} as const;

export const pillField = {
  ...listField,
  classNames: { ...listField.classNames, pill: text('pill') },
} as const;
