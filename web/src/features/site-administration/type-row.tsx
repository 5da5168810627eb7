import { TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '#ui/button.tsx';
import { formatNumber } from '#ui/date-words.ts';
import { field } from '#ui/fields.ts';
import { Icon } from '#ui/icons.tsx';
import { announce } from '#ui/notices.ts';
import styles from './administration-page.module.css';
import { moveType, renameType, retireType } from './type-list.ts';
import type { useTypes } from './use-types.ts';

type Change = ReturnType<typeof useTypes>['change'];
export type TypeRowProps = {
  readonly name: string;
  readonly offered: readonly string[];
  readonly uses: number | undefined;
  readonly change: Change;
};

export const usesWords = (uses: number | undefined): string => {
  if (uses === undefined) return '';
  if (uses === 0) return 'Not in use';
  return `${formatNumber(uses)} ${uses === 1 ? 'interaction' : 'interactions'}`;
};

const renameWords = (from: string, uses: number | undefined): string =>
  uses === 0
    ? `No interaction has “${from}”, so the new name takes its place.`
    : `The new name is offered from now on. Interactions that have “${from}” keep it, and it is retired.`;

type RenameProps = TypeRowProps & { readonly done: () => void };

const Rename = ({ name, offered, uses, change, done }: RenameProps) => {
  const [typed, setTyped] = useState(name);
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const after = renameType(name, typed)(offered);
    setProblem('problem' in after ? after.problem : '');
    if ('problem' in after) return;
    if (typed.trim() !== name) change({ change: renameType(name, typed), said: `“${name}” is “${typed.trim()}” now.` });
    done();
  };
  return (
    <form
      className={styles.rename}
      aria-label={`Rename ${name}`}
      noValidate
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        done();
      }}
    >
      <div className={styles.inline}>
        <TextInput
          {...field}
          label="New name"
          autoFocus
          autoComplete="off"
          value={typed}
          error={problem}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setProblem('');
          }}
        />
        <Button kind="primary" type="submit">
          Rename type
        </Button>
        <Button kind="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
      <p className={styles.hint}>{renameWords(name, uses)}</p>
    </form>
  );
};

/** Buttons that move a type, and keep the focus while it moves. */
const Movers = ({ name, offered, change }: TypeRowProps) => {
  const at = offered.indexOf(name);
  const up = useRef<HTMLButtonElement>(null);
  const down = useRef<HTMLButtonElement>(null);
  const pressed = useRef<-1 | 1>(undefined);
  useEffect(() => {
    if (!pressed.current) return;
    const [wanted, other] = pressed.current < 0 ? [up, down] : [down, up];
    (wanted.current?.disabled ? other : wanted).current?.focus();
    pressed.current = undefined;
    announce(`${name} is ${at + 1} of ${offered.length}`);
  }, [at, name, offered.length]);
  const move = (step: -1 | 1) => () => {
    pressed.current = step;
    change({ change: moveType(name, step) });
  };
  return (
    <>
      <Button
        ref={up}
        kind="quiet"
        icon
        aria-label={`Move ${name} up`}
        title="Move up"
        disabled={at === 0}
        onClick={move(-1)}
      >
        <Icon name="up" />
      </Button>
      <Button
        ref={down}
        kind="quiet"
        icon
        aria-label={`Move ${name} down`}
        title="Move down"
        disabled={at === offered.length - 1}
        onClick={move(1)}
      >
        <Icon name="down" />
      </Button>
    </>
  );
};

/** One type that is offered, with what can be done about it. */
export const TypeRow = (props: TypeRowProps) => {
  const { name, offered, uses, change } = props;
  const [isRenaming, setRenaming] = useState(false);
  const renamer = useRef<HTMLButtonElement>(null);
  const done = (): void => {
    setRenaming(false);
    requestAnimationFrame(() => renamer.current?.focus());
  };
  if (isRenaming)
    return (
      <li className={styles.type}>
        <Rename {...props} done={done} />
      </li>
    );
  const retire = (): void =>
    change({
      change: retireType(name),
      said: uses === 0 ? `“${name}” is gone.` : `“${name}” is retired: it stays on what has it.`,
      undo: (now) => ({ types: putBack(now, name, offered.indexOf(name)) }),
    });
  return (
    <li className={styles.type}>
      <span className={styles.typeName}>{name}</span>
      <span className={styles.uses}>{usesWords(uses)}</span>
      <span className={styles.typeActions}>
        <Movers {...props} />
        <Button ref={renamer} kind="quiet" aria-label={`Rename ${name}`} onClick={() => setRenaming(true)}>
          Rename
        </Button>
        <Button
          kind="quiet"
          aria-label={`Retire ${name}`}
          disabled={offered.length === 1}
          title={offered.length === 1 ? 'A site offers at least one type' : undefined}
          onClick={retire}
        >
          Retire
        </Button>
      </span>
    </li>
  );
};

const putBack = (offered: readonly string[], name: string, at: number): readonly string[] =>
  offered.includes(name) ? offered : [...offered.slice(0, at), name, ...offered.slice(at)];
