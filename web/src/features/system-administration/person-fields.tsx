import { Select, TextInput } from '@mantine/core';
import { field, searchedListField } from '#ui/fields.ts';
import { timeZones } from '#ui/time-zones.ts';

export type PersonValues = {
  readonly displayName: string;
  readonly username: string;
  readonly email: string;
  readonly timezone: string;
};

type PersonFieldsProps = {
  readonly values: PersonValues;
  readonly problems: Readonly<Record<string, string>>;
  readonly change: (change: Partial<PersonValues>) => void;
  readonly isNew?: boolean;
};

const texts = [
  { name: 'displayName', label: 'Name', longest: 100 },
  { name: 'username', label: 'Username', longest: 50 },
  { name: 'email', label: 'E-mail', longest: 100 },
] as const;

/** What can be told to be wrong before asking the server. */
export const personProblems = (values: PersonValues): Record<string, string> => {
  const missing = texts.filter(({ name }) => !values[name].trim());
  const problems = Object.fromEntries(missing.map(({ name, label }) => [name, `${label} is required`]));
  if (values.email.trim() && !/^\S+@\S+\.\S+$/.test(values.email.trim()))
    return { ...problems, email: 'E-mail must be an address like name@example.org' };
  return problems;
};

/** Name, username, e-mail and time zone of a person. */
export const PersonFields = ({ values, problems, change, isNew = false }: PersonFieldsProps) => (
  <>
    {texts.map(({ name, label, longest }, at) => (
      <TextInput
        key={name}
        {...field}
        label={label}
        required
        type={name === 'email' ? 'email' : 'text'}
        maxLength={longest}
        autoComplete="off"
        spellCheck={false}
        autoFocus={isNew && at === 0}
        value={values[name]}
        error={problems[name]}
        onChange={({ currentTarget: { value } }) => change({ [name]: value })}
      />
    ))}
    <Select
      {...searchedListField}
      label="Time zone"
      required
      value={values.timezone}
      error={problems.timezone}
      onChange={(timezone) => timezone && change({ timezone })}
      limit={30}
      data={timeZones([values.timezone])}
      nothingFoundMessage="No such time zone"
    />
  </>
);
