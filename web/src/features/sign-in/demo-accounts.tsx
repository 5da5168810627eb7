import { Button } from '#ui/button.tsx';
import styles from './sign-in-page.module.css';

export type DemoAccount = { readonly username: string; readonly password: string };

const password = 'Demo-2026!';
const accounts = ['admin', 'editor', 'viewer', 'auditor', 'operator'] as const;

/** The built-in accounts, offered only where the server says that this is a demonstration. */
export const DemoAccounts = ({ choose }: { readonly choose: (account: DemoAccount) => void }) => (
  <section className={styles.demo} aria-label="Demonstration accounts">
    <p>This is a demonstration. Sign in as:</p>
    <div className={styles.accounts}>
      {accounts.map((username) => (
        <Button key={username} onClick={() => choose({ username, password })}>
          {username}
        </Button>
      ))}
    </div>
  </section>
);
