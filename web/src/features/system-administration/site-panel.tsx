import type { Site } from '@ims/contracts/sites/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { sites as sitesQuery } from '#api/sites.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { ConfirmDialog } from '#ui/confirm-dialog.tsx';
import { DataState } from '#ui/data-state.tsx';
import panel from '#ui/panel.module.css';
import { PanelHead } from '#ui/panel-head.tsx';
import { Refusal, refusalWords } from '#ui/refusal.tsx';
import { StateWord } from '#ui/state-word.tsx';
import { paths } from '../../paths.ts';
import { useBesideList } from './beside-list.tsx';
import { SiteForm, type SiteValues } from './site-form.tsx';
import styles from './system-page.module.css';
import { useSiteChange, useSiteCreation } from './use-site-saving.ts';

const closingWords = (name: string): string =>
  `Deactivate ${name}? Its members can no longer open it, at once. Their roles and all interactions stay, and come back when the site is reactivated.`;
const openingWords = (name: string): string =>
  `Reactivate ${name}? Its members can open it again, with the roles they had.`;

const ActiveQuestion = ({ site, run, close }: { site: Site; run: () => void; close: () => void }) => (
  <ConfirmDialog
    title={site.active ? 'Deactivate site' : 'Reactivate site'}
    verb={site.active ? 'Deactivate site' : 'Reactivate site'}
    isDestructive={site.active}
    run={run}
    close={close}
  >
    <p>{site.active ? closingWords(site.name) : openingWords(site.name)}</p>
  </ConfirmDialog>
);

const Actions = ({ site }: { readonly site: Site }) => {
  const [isAsking, setAsking] = useState(false);
  const change = useSiteChange(site, () => undefined);
  return (
    <>
      <div className={styles.facts}>
        <StateWord tone={site.active ? 'on' : 'off'} word={site.active ? 'Active' : 'Inactive'} />
      </div>
      <div className={styles.actions}>
        <ButtonLink to={paths.administration(site.id)}>Members, settings and types</ButtonLink>
        <Button
          kind={site.active ? 'quiet' : 'plain'}
          className={site.active ? styles.danger : undefined}
          onClick={() => setAsking(true)}
        >
          {site.active ? 'Deactivate' : 'Reactivate'}
        </Button>
        {change.error && <Refusal text={`Not changed: ${refusalWords(change.error)}`} />}
      </div>
      {isAsking && (
        <ActiveQuestion
          site={site}
          run={() => change.mutate({ active: !site.active })}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
};

const EditSite = ({ site }: { readonly site: Site }) => {
  const [edits, setEdits] = useState<Partial<SiteValues>>({});
  const saving = useSiteChange(site, () => setEdits({}));
  const values = { name: site.name, description: site.description, ...edits };
  const changes = Object.fromEntries(
    Object.entries(edits).filter(([name, value]) => site[name as keyof SiteValues] !== value),
  );
  const isChanged = Object.keys(changes).length > 0;
  const discard = (): void => {
    saving.reset();
    setEdits({});
  };
  return (
    <SiteForm
      label={`Edit ${site.name}`}
      verb="Save site"
      values={values}
      isChanged={isChanged}
      isSaving={saving.isPending}
      error={saving.error}
      change={(part) => {
        saving.reset();
        setEdits((before) => ({ ...before, ...part }));
      }}
      save={() => saving.mutate(changes)}
      discard={discard}
    >
      {isChanged && (
        <Button kind="quiet" onClick={discard}>
          Discard changes
        </Button>
      )}
    </SiteForm>
  );
};

/** One site: what it is called, and whether its members can open it. */
export const SitePanel = () => {
  const { id = '' } = useParams();
  const { close } = useBesideList();
  const sites = useQuery({ ...sitesQuery(), staleTime: 0 }).data;
  const site = sites?.find((one) => one.id === id);
  if (!site)
    return sites ? (
      <DataState title="There is no such site" text="The link may be cut off.">
        <Button onClick={close}>Close</Button>
      </DataState>
    ) : null;
  return (
    <article className={panel.panel} aria-label={site.name}>
      <title>{`${site.name} · System`}</title>
      <PanelHead key={id} title={site.name} close={close} />
      <Actions key={`${id} actions`} site={site} />
      <EditSite key={`${id} form`} site={site} />
    </article>
  );
};

const empty: SiteValues = { name: '', description: '' };

/** Makes a site. */
export const NewSite = () => {
  const { close } = useBesideList();
  const [values, setValues] = useState(empty);
  const [isDone, setDone] = useState(false);
  const creating = useSiteCreation(() => setDone(true));
  return (
    <div className={panel.panel}>
      <title>New site · System</title>
      <PanelHead title="New site" close={close} />
      <SiteForm
        label="New site"
        verb="Add site"
        isNew
        values={values}
        isChanged={!isDone && Boolean(values.name || values.description)}
        isSaving={creating.isPending}
        error={creating.error}
        change={(part) => {
          creating.reset();
          setValues((before) => ({ ...before, ...part }));
        }}
        save={() => creating.mutate(values)}
        discard={() => setValues(empty)}
      >
        <Button kind="quiet" onClick={close}>
          Cancel
        </Button>
      </SiteForm>
    </div>
  );
};
