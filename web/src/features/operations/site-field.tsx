import { TextInput } from '@mantine/core';
import { field } from '#ui/fields.ts';
import styles from './operations-page.module.css';
import { useNamedSites } from './site-names.ts';

type SiteFieldProps = { readonly value: string; readonly change: (siteId: string) => void };

/** All sites or one. Somebody who sees no sites can still name one by its id. */
export const SiteField = ({ value, change }: SiteFieldProps) => {
  const sites = useNamedSites();
  if (sites.length === 0) {
    return (
      <TextInput
        {...field}
        label="Only this site"
        description="Empty: all sites. A site’s id stands in its address, after /s/."
        value={value}
        onChange={(event) => change(event.currentTarget.value.trim())}
        autoComplete="off"
        spellCheck={false}
      />
    );
  }
  return (
    <label className={styles.field}>
      Sites
      <select className={styles.select} value={value} onChange={(event) => change(event.currentTarget.value)}>
        <option value="">All sites</option>
        {sites.map(({ id, name }) => (
          <option key={id} value={id}>
            {`Only ${name}`}
          </option>
        ))}
      </select>
    </label>
  );
};
