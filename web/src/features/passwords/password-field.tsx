import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { type Ref, useState } from 'react';
import { field } from '#ui/fields.ts';

type PasswordFieldProps = PasswordInputProps & {
  readonly label: string;
  readonly autoComplete: 'current-password' | 'new-password';
  readonly ref?: Ref<HTMLInputElement>;
};

/** A password, hidden until its owner wants to see it; the switch is in the way of Tab, as every control. */
export const PasswordField = ({ label, ...rest }: PasswordFieldProps) => {
  const [isShown, setShown] = useState(false);
  const what = label.toLowerCase();
  return (
    <PasswordInput
      {...field}
      {...rest}
      label={label}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      visible={isShown}
      onVisibilityChange={setShown}
      visibilityToggleButtonProps={{
        tabIndex: 0,
        'aria-label': isShown ? `Hide the ${what}` : `Show the ${what}`,
      }}
    />
  );
};
