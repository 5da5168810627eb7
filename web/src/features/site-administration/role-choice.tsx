import { type SiteRole, siteRoles } from '@ims/contracts/permissions';
import { roleWords } from '#app/site-switcher.tsx';
import { Icon } from '#ui/icons.tsx';
import { Menu } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import styles from './administration-page.module.css';
import { roleAbout } from './member-words.ts';

type RoleChoiceProps = { readonly whose: string; readonly role: SiteRole; readonly choose: (role: SiteRole) => void };

/** A person's role, changed in place. A menu, because in a native list every press of an arrow would be a change. */
export const RoleChoice = ({ whose, role, choose }: RoleChoiceProps) => (
  <Popover
    kind="quiet"
    has="menu"
    label={`Role of ${whose}: ${roleWords[role]}`}
    triggerClassName={styles.role}
    trigger={
      <>
        {roleWords[role]} <Icon name="down" />
      </>
    }
  >
    {(close) => (
      <Menu
        label={`Role of ${whose}`}
        close={close}
        groups={[
          siteRoles.map((one) => ({
            label: roleWords[one],
            about: roleAbout[one],
            checked: one === role,
            run: () => {
              if (one !== role) choose(one);
            },
          })),
        ]}
      />
    )}
  </Popover>
);
