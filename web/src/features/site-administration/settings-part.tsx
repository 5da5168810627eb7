import { LeaveGuard } from '#app/leave-guard.tsx';
import { Button } from '#ui/button.tsx';
import { fieldRefusals, Refusal, refusalWords } from '#ui/refusal.tsx';
import { useShortcuts } from '#ui/shortcuts.ts';
import styles from './administration-page.module.css';
import { useAdministered } from './administration-page.tsx';
import { SettingFields } from './setting-fields.tsx';
import { settingWords } from './setting-words.ts';
import { useSettings } from './use-settings.ts';

const isOfField = (error: Error): boolean => Object.keys(fieldRefusals(error)).some((name) => name in settingWords);

/** How the site behaves for everybody on it. */
export const SettingsPart = () => {
  const { site } = useAdministered();
  const settings = useSettings(site);
  const { isChanged, isSaving, error, save, discard } = settings;
  useShortcuts({ 'Ctrl+Enter': save });
  return (
    <form
      aria-label="Settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={styles.fields}>
        <SettingFields settings={settings} now={site.settings} />
      </div>
      <div className={styles.save}>
        <Button kind="primary" type="submit" aria-disabled={!isChanged || isSaving} title="Ctrl+Enter">
          {isSaving ? 'Saving' : 'Save settings'}
        </Button>
        {isChanged && (
          <Button kind="quiet" onClick={discard}>
            Discard changes
          </Button>
        )}
        {error && !isOfField(error) && <Refusal text={`Not saved: ${refusalWords(error)}`} />}
        {settings.changedByOthers.length > 0 && (
          <Refusal text="Not saved yet: somebody else changed the same setting. Look at it above, then save again." />
        )}
      </div>
      <LeaveGuard isUnsaved={() => isChanged} discard={discard} />
    </form>
  );
};
