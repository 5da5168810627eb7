import { Autocomplete, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { type Control, type UseFormReturn, useController, useWatch } from 'react-hook-form';
import { interactionTypes, leads, locations } from '#api/interactions.ts';
import { useSite } from '#app/site-context.ts';
import { DateField, TimeField } from '#ui/date-field.tsx';
import { field, listField, searchedListField } from '#ui/fields.ts';
import { timeZones } from '#ui/time-zones.ts';
import { type FieldName, type FormValues, keepDuration } from './form-values.ts';
import styles from './interaction-form.module.css';

type Form = UseFormReturn<FormValues>;
type Typed = {
  readonly control: Control<FormValues>;
  readonly name: FieldName;
  readonly label: string;
  readonly required?: boolean;
};

const longestSuggestions = 10;

const useField = (control: Control<FormValues>, name: FieldName) => {
  const { field: controlled, fieldState } = useController({ control, name });
  return { ...controlled, error: fieldState.error?.message };
};

const SuggestedField = ({
  control,
  name,
  label,
  required = false,
  suggestions,
}: Typed & { readonly suggestions: readonly string[] }) => (
  <Autocomplete
    {...listField}
    {...useField(control, name)}
    label={label}
    required={required}
    data={[...new Set(suggestions)]}
    filter={({ options }) => options}
    limit={longestSuggestions}
    autoComplete="off"
  />
);

const TypeField = ({ control }: { readonly control: Control<FormValues> }) => {
  const { siteId } = useSite();
  const types = useQuery(interactionTypes(siteId)).data ?? [];
  const controlled = useField(control, 'type');
  const offered = types.filter(({ retired }) => !retired).map(({ name }) => name);
  return (
    <Select
      {...searchedListField}
      {...controlled}
      value={controlled.value || null}
      onChange={(type) => controlled.onChange(type ?? '')}
      label="Type"
      required
      nothingFoundMessage="No such type"
      data={[...new Set([...offered, controlled.value])].filter(Boolean)}
    />
  );
};

const ZoneField = ({ control }: { readonly control: Control<FormValues> }) => {
  const controlled = useField(control, 'timezone');
  return (
    <Select
      {...searchedListField}
      {...controlled}
      value={controlled.value || null}
      onChange={(zone) => controlled.onChange(zone ?? '')}
      label="Time zone"
      required
      limit={30}
      data={timeZones([controlled.value])}
      nothingFoundMessage="No such time zone"
    />
  );
};

const Moment = ({
  form,
  date,
  time,
  label,
}: {
  readonly form: Form;
  readonly date: 'startDate' | 'endDate';
  readonly time: 'startTime' | 'endTime';
  readonly label: string;
}) => {
  const { control, getValues, setValue } = form;
  const day = useField(control, date);
  const clock = useField(control, time);
  const problemId = useId();
  const problems = [day.error, clock.error].filter(Boolean);
  const described = problems.length > 0 ? { 'aria-describedby': problemId } : {};
  const change = (part: Partial<FormValues>): void => {
    const before = getValues();
    const isStart = date === 'startDate';
    const end = isStart
      ? keepDuration(before, { startDate: before.startDate, startTime: before.startTime, ...part })
      : {};
    for (const [name, value] of Object.entries({ ...part, ...end })) {
      const validate = form.formState.isSubmitted;
      setValue(name as FieldName, value, { shouldDirty: true, shouldValidate: validate });
    }
  };
  return (
    <fieldset className={styles.moment} aria-label={label}>
      <DateField
        {...described}
        name={date}
        inputRef={day.ref}
        label={label}
        required
        value={day.value}
        error={Boolean(day.error)}
        onChange={(value) => change({ [date]: value })}
      />
      <TimeField
        {...described}
        name={time}
        inputRef={clock.ref}
        label={`${label} time`}
        required
        value={clock.value}
        error={Boolean(clock.error)}
        onChange={(value) => change({ [time]: value })}
      />
      {problems.length > 0 && (
        <p id={problemId} className={styles.momentProblem}>
          {problems.join('. ')}
        </p>
      )}
    </fieldset>
  );
};

/** The inputs of the form, in the order in which people say them. */
export const FormFields = ({ form }: { readonly form: Form }) => {
  const { siteId } = useSite();
  const { control, register, formState } = form;
  const [lead = '', location = ''] = useWatch({ control, name: ['lead', 'location'] });
  const leadNames = useQuery(leads(siteId, lead.slice(0, 100))).data ?? [];
  const locationNames = useQuery(locations(siteId, location.slice(0, 100))).data ?? [];
  const textArea = (name: 'description' | 'notes', label: string) => (
    <div className={styles.wide}>
      <Textarea
        {...field}
        {...register(name)}
        label={label}
        rows={4}
        resize="vertical"
        error={formState.errors[name]?.message}
      />
    </div>
  );
  return (
    <>
      <div className={styles.wide}>
        <TextInput
          {...field}
          {...register('title')}
          label="Title"
          required
          error={formState.errors.title?.message}
          data-autofocus
          autoComplete="off"
        />
      </div>
      <TypeField control={control} />
      <SuggestedField control={control} name="lead" label="Lead" required suggestions={leadNames} />
      <Moment form={form} date="startDate" time="startTime" label="Start" />
      <Moment form={form} date="endDate" time="endTime" label="End" />
      <ZoneField control={control} />
      <SuggestedField control={control} name="location" label="Location" suggestions={locationNames} />
      {textArea('description', 'Description')}
      {textArea('notes', 'Notes')}
    </>
  );
};
