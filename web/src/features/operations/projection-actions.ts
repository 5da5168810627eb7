import type { ProjectionStatus, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import type { MenuItem } from '#ui/menu.tsx';
import type { Confirmation } from './confirm-operation.tsx';
import type { Rebuildable } from './rebuild-dialog.tsx';
import type { Ask } from './use-operations.ts';

/** What the page does with a chosen action: at once, after asking back, or by the dialog for rebuilding. */
export type Act = {
  readonly ask: (asked: Ask) => void;
  readonly confirm: (confirmation: Confirmation) => void;
  readonly rebuild: (rebuildable: Rebuildable) => void;
};
type Version = ProjectionVersionStatus;

export const isRead = ({ readBy }: Pick<Version, 'readBy'>): boolean => readBy === 'all' || readBy.length > 0;

const switchTo = (act: Act, { name, bySite }: ProjectionStatus, { version, siteId }: Version): MenuItem => ({
  label: `Switch readers to version ${version}`,
  about: 'Readers use these rows from then on. The version before stays, for a roll back.',
  run: () =>
    act.confirm({
      title: `Switch ${name} to version ${version}`,
      text: `Readers of ${name} use version ${version} from then on, once it has everything they have seen. The version before stays, for a roll back.`,
      verb: `Switch to version ${version}`,
      bySite: bySite && siteId === null,
      asked: { operation: 'switch', projection: name, body: { version, ...(siteId ? { siteId } : {}) } },
    }),
});

const verify = (act: Act, { name }: ProjectionStatus, { version, siteId }: Version): MenuItem => ({
  label: 'Verify',
  about: 'Compares the rows with a fresh reading of the log. Changes nothing.',
  run: () => act.ask({ operation: 'verify', projection: name, body: { version, ...(siteId ? { siteId } : {}) } }),
});

const pause = (act: Act, { name }: ProjectionStatus, one: Version): MenuItem => {
  const { version, state } = one;
  const asked: Ask = { operation: 'pause', projection: name, body: { version } };
  const isFilling = state === 'rebuilding';
  return {
    label: 'Pause',
    about: isFilling
      ? 'The rebuild waits; it goes on where it was.'
      : 'No new events reach these rows until it resumes.',
    run: () =>
      isRead(one)
        ? act.confirm({
            title: `Pause ${name} version ${version}`,
            text: `People read these rows: while it is paused they do not see what is saved from now on, and saving in the web app waits for its own changes in vain.`,
            verb: `Pause ${name}`,
            asked,
          })
        : act.ask(asked),
  };
};

const resume = (act: Act, { name }: ProjectionStatus, { version, state }: Version): MenuItem => ({
  label: 'Resume',
  about:
    state === 'stopped'
      ? 'Tries again where it stopped; stops again if the cause is still there.'
      : 'Goes on where it was.',
  run: () => act.ask({ operation: 'resume', projection: name, body: { version } }),
});

const drop = (act: Act, { name, previousVersion }: ProjectionStatus, { version }: Version): MenuItem => ({
  label: `Drop version ${version}`,
  about: 'Removes its rows. Nobody reads them.',
  danger: true,
  run: () =>
    act.confirm({
      title: `Drop ${name} version ${version}`,
      text: `The rows of version ${version} are removed.${
        previousVersion === version ? ' It is the one a roll back would go to: after this there is none.' : ''
      } They can be made again from the log by a rebuild.`,
      verb: `Drop version ${version}`,
      isDestructive: true,
      asked: { operation: 'drop', projection: name, body: { version } },
    }),
});

/** What can be asked for one version, in the groups of its menu. */
export const versionActions = (act: Act, projection: ProjectionStatus, version: Version): MenuItem[][] => {
  const { state, readBy } = version;
  const mayBeRead = (state === 'ready' || state === 'live') && readBy !== 'all';
  const stands = state === 'paused' || state === 'stopped';
  return [
    mayBeRead ? [switchTo(act, projection, version)] : [],
    [
      ...(state === 'rebuilding' ? [] : [verify(act, projection, version)]),
      stands ? resume(act, projection, version) : pause(act, projection, version),
    ],
    isRead(version) || state === 'rebuilding' ? [] : [drop(act, projection, version)],
  ];
};

export const rollBack = (act: Act, { name, bySite, activeVersion, previousVersion }: ProjectionStatus): void =>
  act.confirm({
    title: `Roll ${name} back to version ${previousVersion}`,
    text: `Readers of ${name} use version ${previousVersion} again, as before the last switch. Version ${activeVersion} stays, and you can switch to it again.`,
    verb: `Roll back to version ${previousVersion}`,
    bySite,
    asked: { operation: 'rollback', projection: name, body: {} },
  });

/** What can be asked for every projection at once. */
export const actionsOnAll = (act: Act): MenuItem[][] => [
  [
    {
      label: 'Verify all',
      about: 'Compares all rows with a fresh reading of the log. Changes nothing.',
      run: () => act.ask({ operation: 'verify', projection: 'all', body: {} }),
    },
    {
      label: 'Rebuild all',
      about: 'Fills new versions from the log, one after the other, and switches readers to them.',
      run: () => act.rebuild({ projection: 'all', bySite: true }),
    },
  ],
  [
    {
      label: 'Pause all',
      about: 'No new events reach any rows until they resume.',
      run: () =>
        act.confirm({
          title: 'Pause all projections',
          text: 'Until you resume them, nobody sees what is saved from now on.',
          verb: 'Pause all',
          asked: { operation: 'pause', projection: 'all', body: {} },
        }),
    },
    {
      label: 'Resume all',
      about: 'What is paused or has stopped goes on.',
      run: () => act.ask({ operation: 'resume', projection: 'all', body: {} }),
    },
  ],
];
