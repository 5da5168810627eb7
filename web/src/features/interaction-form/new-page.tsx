import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { site as siteQuery } from '#api/sites.ts';
import { useBesideTable } from '#app/beside-table.ts';
import { useSite } from '#app/site-context.ts';
import { Button } from '#ui/button.tsx';
import { DataState } from '#ui/data-state.tsx';
import { viewerZone } from '#ui/date-words.ts';
import { paths } from '../../paths.ts';
import { newValues } from './form-values.ts';
import { InteractionForm } from './interaction-form.tsx';
import { saySaved } from './say-saved.ts';

export const NewInteractionPage = () => {
  const { siteId, can } = useSite();
  const { search, close } = useBesideTable();
  const navigate = useNavigate();
  const settings = useQuery(siteQuery(siteId));
  const zone = settings.data?.settings.defaultTimezone ?? viewerZone();
  const initial = useMemo(() => newValues(zone, Date.now()), [zone]);
  if (!can('interaction.create')) {
    return (
      <DataState title="Your role cannot record interactions" text="An administrator of the site can change that.">
        <Button onClick={close}>Close</Button>
      </DataState>
    );
  }
  if (settings.isPending) return null;
  return (
    <InteractionForm
      heading="New interaction"
      initial={initial}
      cancel={close}
      saved={(answer, kind) => {
        const { id, title } = answer.interaction;
        if (kind !== 'save-and-new') close();
        saySaved(answer, {
          open: () => void navigate(paths.interaction(siteId, id) + search),
          edit: () => void navigate(paths.editInteraction(siteId, id) + search),
          showSameTitle: () => void navigate(`${paths.finder(siteId)}?${new URLSearchParams({ title })}`),
        });
      }}
    />
  );
};
