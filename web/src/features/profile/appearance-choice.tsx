import { useMantineColorScheme } from '@mantine/core';
import { schemes, schemeWords } from '#app/appearance.ts';
import styles from './profile.module.css';

/** The same choice as in the account menu; it takes effect at once. */
export const AppearanceChoice = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <fieldset className={styles.choices}>
      <legend className="hidden">Appearance</legend>
      {schemes.map((scheme) => (
        <label key={scheme} className={styles.choice}>
          <input
            type="radio"
            name="appearance"
            checked={colorScheme === scheme}
            onChange={() => setColorScheme(scheme)}
          />
          {schemeWords[scheme]}
        </label>
      ))}
    </fieldset>
  );
};
