import { TextInput } from '@mantine/core';
import { type KeyboardEvent, lazy, type ReactNode, type Ref, Suspense, useEffect, useRef, useState } from 'react';
import { formatDay, viewerZone, wallTimeIn } from './date-words.ts';
import { field } from './fields.ts';
import { Icon } from './icons.tsx';
import { Popover, type PopoverHandle } from './popover.tsx';
import { readDay, readTime } from './read-day.ts';

const Calendar = lazy(async () => ({ default: (await import('./calendar.tsx')).Calendar }));

type TypedFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: ReactNode;
  readonly required?: boolean;
  readonly name?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly 'aria-describedby'?: string;
};
type Reading = {
  /** What the person typed as a value, or nothing when it makes no sense. */
  readonly read: (typed: string) => string | undefined;
  readonly show: (value: string) => string;
  /** The value one step later or earlier (arrow keys). */
  readonly step: (value: string, steps: number) => string | undefined;
};

const today = (): string => wallTimeIn(Date.now(), viewerZone()).slice(0, 10);
const isDay = (value: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(value);
const stepMinutes = 15;

const dayReading: Reading = {
  read: (typed) => readDay(typed, today()),
  show: (value) => (isDay(value) ? formatDay(value) : value),
  step: (value, steps) => readDay(`${steps > 0 ? '+' : '-'}${Math.abs(steps)}`, isDay(value) ? value : today()),
};

const timeReading: Reading = {
  read: readTime,
  show: (value) => value,
  step: (value, steps) => {
    const [hours, minutes] = value.split(':').map(Number);
    if (hours === undefined || minutes === undefined) return undefined;
    const total = (hours * 60 + minutes + steps * stepMinutes + 1_440) % 1_440;
    return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
  },
};

/** A text is handed on as it was typed until it is understood, so that the form can say what is wrong with it. */
const useTypedValue = (value: string, onChange: (value: string) => void, { read, show, step }: Reading) => {
  const [typed, setTyped] = useState(show(value));
  useEffect(() => setTyped(show(value)), [value, show]);
  const settle = (): void => {
    const understood = read(typed) ?? typed.trim();
    setTyped(show(understood));
    if (understood !== value) onChange(understood);
  };
  return {
    value: typed,
    onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value),
    onBlur: settle,
    onKeyDown: (event: KeyboardEvent): void => {
      if (event.key === 'Enter') settle();
      if (event.altKey) return;
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      const next = step(value, event.key === 'ArrowUp' ? 1 : -1);
      if (!next) return;
      event.preventDefault();
      onChange(next);
    },
  };
};

/** A day as a person types it; the calendar opens beside it, or with Alt+↓. Tab goes on to the next field at once. */
export const DateField = ({ value, onChange, label, inputRef, ...rest }: TypedFieldProps) => {
  const calendar = useRef<PopoverHandle>(null);
  const typed = useTypedValue(value, onChange, dayReading);
  const button = (
    <Popover
      kind="quiet"
      icon
      has="dialog"
      align="end"
      tabIndex={-1}
      handle={calendar}
      label={`Calendar for ${label.toLowerCase()}`}
      trigger={<Icon name="calendar" />}
    >
      {(close) => (
        <Suspense>
          <Calendar
            value={isDay(value) ? value : null}
            choose={(day) => {
              close();
              onChange(day);
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
  return (
    <TextInput
      {...field}
      {...rest}
      {...typed}
      {...(inputRef ? { ref: inputRef } : {})}
      label={label}
      autoComplete="off"
      rightSectionPointerEvents="all"
      rightSection={button}
      onKeyDown={(event) => {
        if (event.altKey && event.key === 'ArrowDown') calendar.current?.open();
        else typed.onKeyDown(event);
      }}
    />
  );
};

export const TimeField = ({ value, onChange, inputRef, ...rest }: TypedFieldProps) => (
  <TextInput
    {...field}
    {...rest}
    {...useTypedValue(value, onChange, timeReading)}
    {...(inputRef ? { ref: inputRef } : {})}
    inputMode="numeric"
    placeholder="14:30"
    autoComplete="off"
  />
);
