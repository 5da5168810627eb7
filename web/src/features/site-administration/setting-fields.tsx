import { type SiteRole, siteRoles } from '@ims/contracts/permissions';
import { pageSizes, type SiteSettings } from '@ims/contracts/sites/settings';
import { NativeSelect, Select } from '@mantine/core';
import clsx from 'clsx';
import { useId } from 'react';
import choice from '#ui/choice.module.css';
import { field, searchedListField } from '#ui/fields.ts';
import { fieldRefusals } from '#ui/refusal.tsx';
import { timeZones } from '#ui/time-zones.ts';
import styles from './administration-page.module.css';
import { exportWords, type SettingName, settingWords, valueWords } from './setting-words.ts';
import type { Settings } from './use-settings.ts';

type FieldProps = { readonly settings: Settings; readonly now: SiteSettings };
type YesNo = 'viewersSeeNotes' | 'editorsMayDelete';

/** What is wrong with a setting, or that somebody else has changed it. */
const problemOf = ({ settings, now }: FieldProps, name: SettingName): string | undefined =>
  settings.changedByOthers.includes(name)
    ? `Somebody else changed this meanwhile: it is “${valueWords(name, now)}” now. Save again to replace that.`
    : fieldRefusals(settings.error)[name];

const described = (props: FieldProps, name: SettingName) => ({
  label: settingWords[name].label,
  description: settingWords[name].about,
  error: problemOf(props, name),
  inputWrapperOrder: ['label' as const, 'input' as const, 'error' as const, 'description' as const],
});

const YesNoField = (props: FieldProps & { readonly name: YesNo }) => {
  const { settings, name } = props;
  const id = useId();
  const problem = problemOf(props, name);
  return (
    <div className={choice.choice}>
      <input
        id={id}
        type="checkbox"
        checked={settings.values[name]}
        aria-describedby={`${id}-about`}
        onChange={(event) => settings.change({ [name]: event.currentTarget.checked })}
      />
      <label htmlFor={id} className={styles.checkLabel}>
        {settingWords[name].label}
      </label>
      <p id={`${id}-about`} className={clsx(styles.hint, choice.about)}>
        {problem && <span className={styles.bad}>{problem} </span>}
        {settingWords[name].about}
      </p>
    </div>
  );
};

/** Every setting with one sentence on what it does. */
export const SettingFields = (props: FieldProps) => {
  const { values, change } = props.settings;
  return (
    <>
      <Select
        {...searchedListField}
        {...described(props, 'defaultTimezone')}
        value={values.defaultTimezone}
        onChange={(zone) => zone && change({ defaultTimezone: zone })}
        limit={30}
        data={timeZones([values.defaultTimezone])}
        nothingFoundMessage="No such time zone"
      />
      <NativeSelect
        {...field}
        {...described(props, 'defaultPageSize')}
        value={String(values.defaultPageSize)}
        data={pageSizes.map(String)}
        onChange={({ currentTarget }) => {
          const size = pageSizes.find((one) => String(one) === currentTarget.value);
          if (size) change({ defaultPageSize: size });
        }}
      />
      <NativeSelect
        {...field}
        {...described(props, 'lowestExportRole')}
        value={values.lowestExportRole}
        data={siteRoles.map((role) => ({ value: role, label: exportWords[role] }))}
        onChange={({ currentTarget }) => change({ lowestExportRole: currentTarget.value as SiteRole })}
      />
      <YesNoField {...props} name="viewersSeeNotes" />
      <YesNoField {...props} name="editorsMayDelete" />
    </>
  );
};
