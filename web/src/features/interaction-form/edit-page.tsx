import type { Interaction } from '@ims/contracts/interactions/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { interaction } from '#api/interactions.ts';
import { useBesideTable } from '#app/beside-table.ts';
import { nameOf, useMoveToBin } from '#app/move-to-bin.tsx';
import { useSite } from '#app/site-context.ts';
import { Button } from '#ui/button.tsx';
import { DataState, ErrorState } from '#ui/data-state.tsx';
import { paths } from '../../paths.ts';
import { valuesOf } from './form-values.ts';
import { InteractionForm } from './interaction-form.tsx';
import { forgetText } from './kept-text.ts';
import { saySaved } from './say-saved.ts';

/** The record as it was when the form opened: what others save meanwhile comes up when this is saved. */
const EditForm = ({ loaded }: { readonly loaded: Interaction }) => {
  const { siteId, user, can } = useSite();
  const { search, binned } = useBesideTable();
  const navigate = useNavigate();
  const [record] = useState(loaded);
  const [initial] = useState(() => valuesOf(loaded));
  const view = (): void => void navigate(paths.interaction(siteId, record.id) + search, { replace: true });
  const bin = useMoveToBin((id) => {
    forgetText({ userId: user.id, siteId, id });
    binned(id);
  });
  return (
    <>
      <title>{`Edit ${nameOf(record.title)}`}</title>
      <InteractionForm
        heading="Edit interaction"
        record={record}
        initial={initial}
        cancel={view}
        saved={(answer) => {
          view();
          saySaved(answer, {
            edit: () => void navigate(paths.editInteraction(siteId, record.id) + search),
            showSameTitle: () =>
              void navigate(`${paths.finder(siteId)}?${new URLSearchParams({ title: answer.interaction.title })}`),
          });
        }}
        {...(can('interaction.delete') ? { moveToBin: () => bin.ask(record) } : {})}
      />
      {bin.dialog}
    </>
  );
};

export const EditInteractionPage = () => {
  const { siteId, can } = useSite();
  const { id = '' } = useParams();
  const { close } = useBesideTable();
  const { data, error, isFetchedAfterMount, refetch } = useQuery({
    ...interaction(siteId, id),
    refetchOnMount: 'always',
  });
  if (!can('interaction.edit')) {
    return (
      <DataState title="Your role cannot edit interactions" text="An administrator of the site can change that.">
        <Button onClick={close}>Close</Button>
      </DataState>
    );
  }
  if (error && !data) {
    return (
      <ErrorState title="This interaction could not be opened" error={error} retry={() => void refetch()}>
        <Button onClick={close}>Close</Button>
      </ErrorState>
    );
  }
  return data && isFetchedAfterMount ? <EditForm key={id} loaded={data} /> : null;
};
