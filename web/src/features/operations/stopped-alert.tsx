import type { ProjectionStatus } from '@ims/contracts/operations/api';
import { Button } from '#ui/button.tsx';
import styles from './operations-page.module.css';
import { type Act, isRead } from './projection-actions.ts';

/** What an operator must not overlook: a projection that stands still, why, and the way out. */
export const StoppedAlert = ({
  projections,
  act,
}: {
  readonly projections: readonly ProjectionStatus[];
  readonly act: Act;
}) => {
  const stopped = projections.flatMap(({ name, bySite, versions }) =>
    versions.filter(({ state }) => state === 'stopped').map((version) => ({ name, bySite, ...version })),
  );
  const read = stopped.filter(isRead);
  if (stopped.length === 0) return null;
  const names = [...new Set(stopped.map(({ name }) => name))];
  return (
    <section className={styles.alert} role="alert" aria-label="What has stopped">
      <h2>
        {names.length === 1 ? `The projection ${names[0]} has stopped` : `${names.length} projections have stopped`}
      </h2>
      <ul className={styles.list}>
        {stopped.map(({ name, bySite, version, lastError }) => (
          <li key={`${name} ${version}`} className={styles.stopped}>
            <span>
              <strong>{`${name} version ${version}`}</strong>
              {`: ${lastError ?? 'no reason given'}`}
            </span>
            <Button onClick={() => act.rebuild({ projection: name, bySite })}>{`Rebuild ${name}`}</Button>
          </li>
        ))}
      </ul>
      <p>
        {read.length > 0
          ? 'People see its rows as they were when it stopped; nothing is lost, the log goes on.'
          : 'Nobody reads its rows.'}
      </p>
      {names.length > 1 && (
        <Button onClick={() => act.rebuild({ projection: 'all', bySite: true })}>Rebuild all</Button>
      )}
    </section>
  );
};
