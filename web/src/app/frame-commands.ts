import type { SignedInUser, SiteMembership } from '@ims/contracts/auth/api';
import { isAllowed } from '@ims/contracts/permissions';
import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from 'react-router';
import { paths } from '../paths.ts';
import type { Command } from './commands.ts';
import type { Place } from './places.ts';
import { useOpenSite } from './site-switcher.tsx';

type FrameCommandParts = {
  readonly user: SignedInUser;
  readonly site: SiteMembership | undefined;
  readonly places: readonly Place[];
  readonly showHelp: () => void;
};

/** What can be done from every screen: record, go somewhere, change how it looks, leave. */
export const useFrameCommands = ({ user, site, places, showHelp }: FrameCommandParts): readonly Command[] => {
  const navigate = useNavigate();
  const openSite = useOpenSite(site);
  const { setColorScheme } = useMantineColorScheme();
  const mayRecord = site && isAllowed('interaction.create', { siteRole: site.role, systemRoles: user.systemRoles });
  return [
    ...(site && mayRecord
      ? [
          {
            label: 'New interaction',
            words: 'record add',
            keys: 'n',
            run: () => void navigate(paths.newInteraction(site.id)),
          },
        ]
      : []),
    ...places.map(({ label, to, keys }) => ({ label: `Go to ${label}`, keys, run: () => void navigate(to) })),
    ...user.sites
      .filter(({ id }) => id !== site?.id)
      .map(({ id, name }) => ({ label: `Open ${name}`, words: 'site switch', run: () => void openSite(id) })),
    {
      label: 'Open your profile',
      words: 'account password sessions time zone',
      run: () => void navigate(paths.profile),
    },
    { label: 'Show the keyboard shortcuts', words: 'help keys', keys: '?', run: showHelp },
    { label: 'Use light colours', words: 'theme', run: () => setColorScheme('light') },
    { label: 'Use dark colours', words: 'theme', run: () => setColorScheme('dark') },
    { label: 'Use the colours of the system', words: 'theme', run: () => setColorScheme('auto') },
    { label: 'Sign out', words: 'leave log', run: () => void navigate(paths.signOut) },
  ];
};
