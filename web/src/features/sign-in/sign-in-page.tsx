import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { signIn } from '#api/auth.ts';
import { isDemo } from '#app/page-settings.ts';
import { askedAddress, paths } from '../../paths.ts';
import { DemoAccounts } from './demo-accounts.tsx';
import { ExternalIssuers } from './external-issuers.tsx';
import { SignInForm } from './sign-in-form.tsx';
import styles from './sign-in-page.module.css';
import { arrivalWords, refusedWords } from './sign-in-words.ts';

/** Signing in leads on to the address that was asked for; with an expired password, to its change first. */
export const SignInPage = () => {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const [refusals, setRefusals] = useState(0);
  const [remember, setRemember] = useState(false);
  const asked = askedAddress(parameters);
  const signing = useMutation({
    mutationFn: signIn,
    onError: () => setRefusals(refusals + 1),
    onSuccess: ({ passwordExpired }) =>
      navigate(passwordExpired ? paths.changePassword(asked) : asked, { replace: true }),
  });
  const { problem, notice } = arrivalWords(parameters);
  const isFirst = signing.isIdle;
  return (
    <main className={styles.page}>
      <title>Sign in · Interactions</title>
      <div className={styles.box}>
        <h1 className={styles.brand}>
          <img src="/mark.svg" alt="" width="28" height="28" />
          Interactions
        </h1>
        {isFirst && notice && (
          <p role="status" className={styles.lead}>
            {notice}
          </p>
        )}
        <SignInForm
          isSigning={signing.isPending}
          problem={signing.error ? refusedWords(signing.error) : isFirst ? problem : undefined}
          refusals={refusals}
          remember={remember}
          setRemember={setRemember}
          enter={(entered) => signing.mutate(entered)}
        />
        <ExternalIssuers to={asked} remember={remember} />
        {isDemo() && <DemoAccounts choose={(account) => signing.mutate({ ...account, remember: false })} />}
      </div>
    </main>
  );
};
