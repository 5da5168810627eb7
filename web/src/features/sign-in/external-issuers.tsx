import { useQuery } from '@tanstack/react-query';
import { expectExternalSignIn, externalIssuers, externalStart } from '#api/auth.ts';
import { ButtonLink } from '#ui/button.tsx';
import styles from './sign-in-page.module.css';

/** The other ways in, where there are any; the form does not wait for them. */
export const ExternalIssuers = ({ to, remember }: { readonly to: string; readonly remember: boolean }) => {
  const { data: issuers = [] } = useQuery(externalIssuers());
  if (issuers.length === 0) return null;
  return (
    <section className={styles.issuers} aria-label="Other ways to sign in">
      {issuers.map(({ name, label }) => (
        <ButtonLink key={name} reloadDocument to={externalStart(name, { to, remember })} onClick={expectExternalSignIn}>
          Continue with {label}
        </ButtonLink>
      ))}
    </section>
  );
};
