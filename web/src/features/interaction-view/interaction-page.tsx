import type { Interaction } from '@ims/contracts/interactions/api';
import { type InteractionStatus, statusTransitions } from '@ims/contracts/interactions/lifecycle';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useParams } from 'react-router';
import { ApiError } from '#api/api-error.ts';
import { changeStatus, interaction, interactionKeys, showSaved } from '#api/interactions.ts';
import { useBesideTable } from '#app/beside-table.ts';
import { nameOf, useMoveToBin } from '#app/move-to-bin.tsx';
import { useLiveChanges, useSite } from '#app/site-context.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { DataState, ErrorState } from '#ui/data-state.tsx';
import { Icon } from '#ui/icons.tsx';
import { announce, notify } from '#ui/notices.ts';
import panel from '#ui/panel.module.css';
import { PanelHead } from '#ui/panel-head.tsx';
import { paths } from '../../paths.ts';
import { InteractionFacts } from './interaction-facts.tsx';
import styles from './interaction-page.module.css';
import { statusVerb } from './status-words.ts';

const useStatusChange = (record: Interaction) => {
  const { siteId } = useSite();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (to: InteractionStatus) => changeStatus(siteId, record.id, to, { revision: record.revision }),
    onSuccess: async ({ interaction: saved }) => {
      notify(`“${nameOf(saved.title)}” is ${saved.status} now.`);
      await showSaved(queries, siteId, saved);
    },
    onError: async (error) => {
      notify(`Not changed: ${error.message}`, { tone: 'danger' });
      await queries.invalidateQueries({ queryKey: interactionKeys.record(siteId, record.id) });
    },
  });
};

const Actions = ({ record, moveToBin }: { readonly record: Interaction; readonly moveToBin: () => void }) => {
  const { siteId, can } = useSite();
  const { search } = useBesideTable();
  const change = useStatusChange(record);
  if (!can('interaction.edit')) return null;
  // A draft is completed in the form, where what is missing can be filled in.
  const next = statusTransitions[record.status].filter((to) => to !== 'incomplete' && to !== 'draft');
  return (
    <div className={styles.actions}>
      <ButtonLink to={paths.editInteraction(siteId, record.id) + search} aria-keyshortcuts="e">
        Edit
      </ButtonLink>
      {next.map((to) => (
        <Button key={to} disabled={change.isPending} onClick={() => change.mutate(to)}>
          {statusVerb(record.status, to)}
        </Button>
      ))}
      {can('interaction.delete') && (
        <Button kind="quiet" className={styles.last} onClick={moveToBin}>
          Move to bin
        </Button>
      )}
    </div>
  );
};

const Head = ({ title }: { readonly title: string }) => {
  const { close, walk } = useBesideTable();
  return (
    <PanelHead title={title} close={close}>
      <Button kind="quiet" icon aria-label="Interaction before" title="Interaction before (↑)" onClick={() => walk(-1)}>
        <Icon name="up" />
      </Button>
      <Button kind="quiet" icon aria-label="Interaction after" title="Interaction after (↓)" onClick={() => walk(1)}>
        <Icon name="down" />
      </Button>
    </PanelHead>
  );
};

const Gone = ({ close }: { readonly close: () => void }) => {
  const { siteId, can } = useSite();
  return (
    <DataState title="This interaction is not here" text="It may be in the bin, or the link leads to another site.">
      {can('interaction.readBin') && <ButtonLink to={paths.bin(siteId)}>Look in the bin</ButtonLink>}
      <Button onClick={close}>Close</Button>
    </DataState>
  );
};

/** One record with all its fields, beside the table or on its own on a phone. */
export const InteractionPage = () => {
  const { siteId } = useSite();
  const { id = '' } = useParams();
  const { close, binned } = useBesideTable();
  const queries = useQueryClient();
  const { data: record, error, refetch } = useQuery(interaction(siteId, id));
  const bin = useMoveToBin(binned);
  const title = record ? nameOf(record.title) : '';
  useEffect(() => {
    if (title) announce(`${title} is open`);
  }, [title]);
  useLiveChanges((change) => {
    if (change.event !== 'interactions' || !change.data.ids.includes(id)) return;
    queries.invalidateQueries({ queryKey: interactionKeys.record(siteId, id) }).catch(() => undefined);
  });
  if (error instanceof ApiError && error.status === 404) return <Gone close={close} />;
  if (error && !record)
    return <ErrorState title="This interaction could not be opened" error={error} retry={() => void refetch()} />;
  if (!record) return null;
  return (
    <article className={panel.panel} aria-label={title}>
      <title>{title}</title>
      <Head title={title} />
      <Actions record={record} moveToBin={() => bin.ask(record)} />
      <InteractionFacts record={record} />
      {bin.dialog}
    </article>
  );
};
