import type { Place } from '#app/places.ts';
import { Dialog } from '#ui/dialog.tsx';
import styles from './keyboard-help.module.css';

const keys: readonly (readonly [string, string])[] = [
  ['/', 'Search; ↓ leads into the rows'],
  ['n', 'New interaction'],
  ['f', 'Filters'],
  ['j k ↑ ↓', 'Walk the rows, with a record open too'],
  ['Enter', 'Open the row'],
  ['e', 'Edit the row or the open record'],
  ['Delete', 'Move the row to the bin'],
  ['[ ]', 'Page before, page after'],
  ['Ctrl+Enter', 'Save'],
  ['Ctrl+Shift+Enter', 'Save, and begin a new one'],
  ['Esc', 'Close, and back to the row'],
  ['Shift+click', 'Sort by another column as well'],
  ['Ctrl+K', 'Search commands'],
  ['?', 'These shortcuts'],
];

type KeyboardHelpProps = { readonly close: () => void; readonly places: readonly Place[] };

export const KeyboardHelp = ({ close, places }: KeyboardHelpProps) => (
  <Dialog title="Keyboard shortcuts" close={close}>
    <dl className={styles.keys}>
      {[...keys, ...places.map((place) => [place.keys, `Go to ${place.label}`] as const)].map(([names, meaning]) => (
        <div key={names} style={{ display: 'contents' }}>
          <dt>
            {names.split(' ').map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);
