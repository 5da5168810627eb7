import type { SignedInUser } from '@ims/contracts/auth/api';
import { type ReactNode, useId } from 'react';
import { useOutletContext } from 'react-router';
import { AppearanceChoice } from './appearance-choice.tsx';
import { PasswordSection } from './password-section.tsx';
import styles from './profile.module.css';
import { ProfileForm } from './profile-form.tsx';
import { SessionList } from './session-list.tsx';

type SectionProps = { readonly title: string; readonly about: string; readonly children: ReactNode };

const Section = ({ title, about, children }: SectionProps) => {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div>
        <h2 id={id} className={styles.heading}>
          {title}
        </h2>
        <p className={styles.about}>{about}</p>
      </div>
      <div className={styles.content}>{children}</div>
    </section>
  );
};

/** What everybody may change about themselves. */
export const ProfilePage = () => {
  const user = useOutletContext<SignedInUser>();
  return (
    <div className={styles.page}>
      <title>Profile · Interactions</title>
      <h1 className={styles.title}>Profile</h1>
      <p className={styles.person}>
        {user.username} · {user.email}
      </p>
      <Section title="You" about="Your name stands beside what you record. Your time zone is what counts as your time.">
        <ProfileForm key={user.id} user={user} />
      </Section>
      <Section title="Appearance" about="On this browser.">
        <AppearanceChoice />
      </Section>
      <Section title="Password" about="Changing it signs you out everywhere else.">
        <PasswordSection username={user.username} />
      </Section>
      <Section title="Signed in" about="Where you are signed in. What you do not know, sign out.">
        <SessionList />
      </Section>
    </div>
  );
};
