import clsx from 'clsx';
import { type KeyboardEvent, useId, useState } from 'react';
import { Dialog } from '#ui/dialog.tsx';
import styles from './command-search.module.css';
import { type Command, findCommands, useOfferedCommands } from './commands.ts';

type CommandSearchProps = { readonly commands: readonly Command[]; readonly close: () => void };

const steps: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Everything this person can do here, found by typing. */
export const CommandSearch = ({ commands, close }: CommandSearchProps) => {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const offered = useOfferedCommands();
  const found = findCommands([...offered, ...commands], typed);
  const run = (command: Command | undefined): void => {
    if (!command) return;
    close();
    // The dialog gives the focus back before the command moves it.
    requestAnimationFrame(command.run);
  };
  const press = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      const next = (at + step + found.length) % found.length;
      setAt(next);
      document.getElementById(`${id} ${next}`)?.scrollIntoView({ block: 'nearest' });
    }
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    run(found[at]);
  };
  return (
    <Dialog title="Commands" close={close}>
      <input
        className={styles.input}
        data-autofocus
        role="combobox"
        aria-label="Search commands"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id} ${at}` : undefined}
        placeholder="What do you want to do?"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={id} role="listbox" aria-label="Commands" className={styles.list}>
        {found.map((command, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the focus and hears the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input, which names the option
          <div
            key={command.label}
            id={`${id} ${place}`}
            role="option"
            aria-selected={place === at}
            className={clsx(styles.option, place === at && styles.chosen)}
            onMouseMove={() => setAt(place)}
            onClick={() => run(command)}
          >
            {command.label}
            {command.keys && <kbd className={styles.keys}>{command.keys}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={styles.nothing}>Nothing here is called that.</p>}
    </Dialog>
  );
};
