import { type PasswordPolicy, passwordShapeProblems } from '@ims/contracts/auth/passwords';
import { useQuery } from '@tanstack/react-query';
import type { Ref } from 'react';
import { passwordPolicy } from '#api/auth.ts';
import { Icon } from '#ui/icons.tsx';
import { PasswordField } from './password-field.tsx';
import styles from './passwords.module.css';

/** `Password must have a digit` → `a digit`, as an item of a list that begins with what it is about. */
const shortWords = (sentence: string): string => sentence.replace(/^Password must have /, '');

type RulesProps = { readonly policy: PasswordPolicy; readonly missing: readonly string[] };

/** Stands in the description of a field, which is a paragraph and takes no list. */
const Rules = ({ policy, missing }: RulesProps) => (
  <>
    {/* biome-ignore lint/a11y/useSemanticElements: inside a paragraph there is no ul */}
    <span role="list" className={styles.needs} aria-label="The password must have">
      {passwordShapeProblems('', policy).map((sentence) => {
        const isMissing = missing.includes(sentence);
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <span role="listitem" key={sentence} className={styles.need} data-met={!isMissing}>
            <span className={styles.tick}>{isMissing ? '' : <Icon name="check" />}</span>
            {shortWords(sentence)}
            <span className="hidden">{isMissing ? ', missing. ' : ', done. '}</span>
          </span>
        );
      })}
    </span>
    {policy.notReusable > 0 && (
      <span className={styles.reuse}>Not one of your last {policy.notReusable} passwords.</span>
    )}
  </>
);

type NewPasswordFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  /** False for somebody's first password, which cannot be an earlier one. */
  readonly mayRepeat?: boolean;
  readonly error?: string | undefined;
  readonly name?: string;
  readonly autoFocus?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
};

/** A new password, with what it must have below it: each item is ticked off as it is typed. */
export const NewPasswordField = ({ value, change, mayRepeat = true, ...rest }: NewPasswordFieldProps) => {
  const { data } = useQuery(passwordPolicy());
  const policy = data && (mayRepeat ? data : { ...data, notReusable: 0 });
  return (
    <PasswordField
      name="newPassword"
      {...rest}
      autoComplete="new-password"
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      description={policy && <Rules policy={policy} missing={passwordShapeProblems(value, policy)} />}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
};
