import type { ComponentProps } from 'react';
import styles from './stacked-form.module.css';

/** Fields one under the other, with the button that sends them. */
export const StackedForm = (props: Omit<ComponentProps<'form'>, 'className'>) => (
  <form className={styles.form} {...props} />
);

/** Why it was refused, where that belongs to no field. */
export const FormProblem = ({ text }: { readonly text: string | undefined }) =>
  text && (
    <p role="alert" className={styles.problem}>
      {text}
    </p>
  );
