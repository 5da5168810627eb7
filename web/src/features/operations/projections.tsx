import type { ProjectionStatus, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icons.tsx';
import { Menu } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { useScreen } from '#ui/screen.ts';
import { Table } from '#ui/table.tsx';
import { projectionWords } from './operation-words.ts';
import styles from './operations-page.module.css';
import { type Act, rollBack, versionActions } from './projection-actions.ts';
import { type NamedSite, useNamedSites } from './site-names.ts';
import { factNames, factsOf, hasNote, VersionNote, versionTitle } from './version-facts.tsx';

type Parts = { readonly projection: ProjectionStatus; readonly act: Act; readonly sites: readonly NamedSite[] };
type VersionParts = Parts & { readonly version: ProjectionVersionStatus };

const ProjectionButtons = ({ projection, act }: Omit<Parts, 'sites'>) => (
  <div className={styles.buttons}>
    {projection.previousVersion !== null && (
      <Button
        aria-label={`Roll back to version ${projection.previousVersion} of ${projection.name}`}
        onClick={() => rollBack(act, projection)}
      >
        {`Roll back to version ${projection.previousVersion}`}
      </Button>
    )}
    <Button
      aria-label={`Rebuild ${projection.name}`}
      onClick={() => act.rebuild({ projection: projection.name, bySite: projection.bySite })}
    >
      Rebuild
    </Button>
  </div>
);

const VersionMenu = ({ projection, version, act }: Omit<VersionParts, 'sites'>) => {
  const label = `Actions for ${projection.name} version ${version.version}`;
  return (
    <Popover kind="quiet" icon has="menu" align="end" label={label} trigger={<Icon name="more" />}>
      {(close) => <Menu label={label} close={close} groups={versionActions(act, projection, version)} />}
    </Popover>
  );
};

const VersionRows = ({ projection, version, act, sites }: VersionParts) => (
  <>
    <tr>
      <th scope="row" className={styles.version}>
        {versionTitle(version, sites)}
      </th>
      {factsOf(version, sites).map(({ name, content, isNumber }) => (
        <td key={name} className={isNumber ? styles.number : undefined}>
          {content}
        </td>
      ))}
      <td className={styles.actions}>
        <VersionMenu projection={projection} version={version} act={act} />
      </td>
    </tr>
    {hasNote(version) && (
      <tr className={styles.noteRow}>
        <td />
        <td colSpan={factNames.length + 1}>
          <VersionNote version={version} name={projection.name} />
        </td>
      </tr>
    )}
  </>
);

const numeric: readonly string[] = ['Position', 'Lag', 'Rate', 'Dead letters'];
const isNumeric = (name: string): boolean => numeric.includes(name);

const ProjectionTable = ({ projections, act, sites }: Omit<Parts, 'projection'> & ProjectionsProps) => (
  <Table
    caption="Projections and their versions"
    columns={['Projection', ...factNames]}
    classOf={(name) => (isNumeric(name) ? styles.number : undefined)}
    hasActions
    className={styles.table}
  >
    {projections.map((projection) => (
      <tbody key={projection.name}>
        <tr className={styles.projection}>
          <th scope="rowgroup" colSpan={4}>
            {projection.name} <span className={styles.about}>{projectionWords[projection.name]}</span>
          </th>
          <td colSpan={5} className={styles.actions}>
            <ProjectionButtons projection={projection} act={act} />
          </td>
        </tr>
        {projection.versions.map((version) => (
          <VersionRows key={version.version} projection={projection} version={version} act={act} sites={sites} />
        ))}
      </tbody>
    ))}
  </Table>
);

const VersionFacts = ({ projection, version, act, sites }: VersionParts) => (
  <li className={styles.onPhone}>
    <div className={styles.phoneHead}>
      <h4>{versionTitle(version, sites)}</h4>
      <VersionMenu projection={projection} version={version} act={act} />
    </div>
    <dl className={styles.facts}>
      {factsOf(version, sites).map(({ name, content }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{content}</dd>
        </div>
      ))}
    </dl>
    <VersionNote version={version} name={projection.name} />
  </li>
);

const Stack = ({ projections, act, sites }: Omit<Parts, 'projection'> & ProjectionsProps) =>
  projections.map((projection) => (
    <section key={projection.name} className={styles.stacked} aria-label={projection.name}>
      <div className={styles.phoneHead}>
        <h3>{projection.name}</h3>
        <ProjectionButtons projection={projection} act={act} />
      </div>
      <p className={styles.about}>{projectionWords[projection.name]}</p>
      <ul className={styles.list}>
        {projection.versions.map((version) => (
          <VersionFacts key={version.version} projection={projection} version={version} act={act} sites={sites} />
        ))}
      </ul>
    </section>
  ));

type ProjectionsProps = { readonly projections: readonly ProjectionStatus[]; readonly act: Act };

/** Every projection with its versions: a table where there is room, one under the other where there is not. */
export const Projections = ({ projections, act }: ProjectionsProps) => {
  const sites = useNamedSites();
  const screen = useScreen();
  if (screen === 'desktop') return <ProjectionTable projections={projections} act={act} sites={sites} />;
  return <Stack projections={projections} act={act} sites={sites} />;
};
