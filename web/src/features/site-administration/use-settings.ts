import type { Site } from '@ims/contracts/sites/api';
import type { SiteSettings } from '@ims/contracts/sites/settings';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { interactionKeys } from '#api/interactions.ts';
import { readSite, site as siteQuery, updateSettings } from '#api/sites.ts';
import { notify } from '#ui/notices.ts';
import { overtaken, type SettingEdits, withEdit } from './setting-edits.ts';
import type { SettingName } from './setting-words.ts';

type Outcome =
  | { readonly settings: SiteSettings }
  | { readonly site: Site; readonly overtaken: readonly SettingName[] };

/** Sends what was changed alone; where somebody else has changed the same setting meanwhile, that is shown first. */
const save = async (siteId: string, edits: SettingEdits): Promise<Outcome> => {
  const site = await readSite(siteId);
  const changedByOthers = overtaken(edits, site.settings);
  if (changedByOthers.length) return { site, overtaken: changedByOthers };
  return { settings: await updateSettings(siteId, edits.mine) };
};

export const useSettings = (site: Site) => {
  const queries = useQueryClient();
  const [edits, setEdits] = useState<SettingEdits>();
  const [changedByOthers, setChangedByOthers] = useState<readonly SettingName[]>([]);
  const { queryKey } = siteQuery(site.id);
  const saving = useMutation({
    mutationFn: (sent: SettingEdits) => save(site.id, sent),
    onMutate: () => setChangedByOthers([]),
    onSuccess: async (outcome, sent) => {
      if ('overtaken' in outcome) {
        queries.setQueryData(queryKey, outcome.site);
        setChangedByOthers(outcome.overtaken);
        setEdits({ mine: sent.mine, base: outcome.site.settings });
        return;
      }
      queries.setQueryData<Site>(queryKey, (known) => known && { ...known, settings: outcome.settings });
      setEdits(undefined);
      notify('The settings are saved.');
      await queries.invalidateQueries({ queryKey });
      // What people may see of the interactions may be another now.
      await queries.invalidateQueries({ queryKey: interactionKeys.all(site.id) });
    },
  });
  return {
    values: { ...site.settings, ...edits?.mine },
    changedByOthers,
    isChanged: edits !== undefined,
    isSaving: saving.isPending,
    error: saving.error,
    change: (change: Partial<SiteSettings>): void => {
      saving.reset();
      setEdits((before) => withEdit(before, site.settings, change));
    },
    discard: (): void => {
      saving.reset();
      setChangedByOthers([]);
      setEdits(undefined);
    },
    save: (): void => {
      if (edits && !saving.isPending) saving.mutate(edits);
    },
  };
};
export type Settings = ReturnType<typeof useSettings>;
