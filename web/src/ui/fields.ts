import type { FocusEvent, KeyboardEvent } from 'react';
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

/** Enter takes what is marked: for a moment after the first letter the kit itself would not, and the form would be sent. */
const takeMarked = (event: KeyboardEvent<HTMLInputElement>): void => {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
  const list = document.getElementById(event.currentTarget.getAttribute('aria-controls') ?? '');
  const marked = list?.querySelector<HTMLElement>('[data-combobox-selected]');
  if (!marked) return;
  event.preventDefault();
  marked.click();
};

/** A field with a list that typing searches: what is typed replaces what was chosen. */
export const searchedListField = {
  ...listField,
  searchable: true,
  selectFirstOptionOnChange: true,
  openOnFocus: false,
  allowDeselect: false,
  onKeyDown: takeMarked,
  onFocus: (event: FocusEvent<HTMLInputElement>): void => event.currentTarget.select(),
} as const;

export const pillField = {
  ...listField,
  classNames: { ...listField.classNames, pill: text('pill') },
} as const;
