import { isAllowed } from '@ims/contracts/permissions';
import { TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '#ui/button.tsx';
import { field } from '#ui/fields.ts';
import { Refusal } from '#ui/refusal.tsx';
import { useShortcuts } from '#ui/shortcuts.ts';
import styles from './administration-page.module.css';
import { useAdministered } from './administration-page.tsx';
import { addType } from './type-list.ts';
import { TypeRow, usesWords } from './type-row.tsx';
import { useTypes, useUses } from './use-types.ts';

type Change = ReturnType<typeof useTypes>['change'];
type NewTypeProps = { readonly offered: readonly string[]; readonly change: Change };

const NewType = ({ offered, change }: NewTypeProps) => {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useShortcuts({ n: () => input.current?.focus() });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    input.current?.focus();
    const after = addType(typed)(offered);
    setProblem('problem' in after ? after.problem : '');
    if ('problem' in after) return;
    change({ change: addType(typed), said: `“${typed.trim()}” is offered for new interactions.` });
    setTyped('');
  };
  return (
    <form className={styles.newType} aria-label="Add type" noValidate onSubmit={submit}>
      <div className={styles.inline}>
        <TextInput
          {...field}
          ref={input}
          label="New type"
          autoComplete="off"
          aria-keyshortcuts="n"
          value={typed}
          error={problem}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setProblem('');
          }}
        />
        <Button type="submit">Add type</Button>
      </div>
    </form>
  );
};

type RetiredProps = {
  readonly retired: readonly string[];
  readonly uses: ReadonlyMap<string, number>;
  readonly change: Change;
};

const Retired = ({ retired, uses, change }: RetiredProps) => (
  <section className={styles.section} aria-label="Retired types">
    <h2>Retired</h2>
    <p className={styles.hint}>Interactions that have one keep it and are found by it; new ones cannot choose it.</p>
    <ul className={styles.types}>
      {retired.map((name) => (
        <li key={name} className={styles.type}>
          <span className={styles.typeName}>{name}</span>
          <span className={styles.uses}>{usesWords(uses.get(name))}</span>
          <span className={styles.typeActions}>
            <Button
              kind="quiet"
              aria-label={`Offer again: ${name}`}
              onClick={() => change({ change: addType(name), said: `“${name}” is offered again.` })}
            >
              Offer again
            </Button>
          </span>
        </li>
      ))}
    </ul>
  </section>
);

/** What an interaction can be: the types that are offered, in their order, and those that are no longer. */
export const TypesPart = () => {
  const { site, user, role } = useAdministered();
  const mayRead = isAllowed('interaction.read', { siteRole: role, systemRoles: user.systemRoles });
  const uses = useUses(site.id, mayRead);
  const { change, problem } = useTypes(site);
  const offered = site.interactionTypes;
  // What no interaction has any more is only a name; it can be added anew.
  const retired = site.retiredTypes.filter((name) => uses.size === 0 || (uses.get(name) ?? 0) > 0);
  const problemPlace = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem) problemPlace.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  return (
    <>
      <section className={styles.section} aria-label="Types that are offered">
        <p className={styles.hint}>Whoever records an interaction chooses one of these, in this order.</p>
        <div ref={problemPlace}>{problem && <Refusal text={problem} />}</div>
        <ul className={styles.types}>
          {offered.map((name) => (
            <TypeRow
              key={name}
              name={name}
              offered={offered}
              uses={uses.get(name) ?? (uses.size ? 0 : undefined)}
              change={change}
            />
          ))}
        </ul>
        <NewType offered={offered} change={change} />
      </section>
      {retired.length > 0 && <Retired retired={retired} uses={uses} change={change} />}
    </>
  );
};
