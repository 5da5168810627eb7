import './calendar.css';
import { DatePicker } from '@mantine/dates';

type CalendarProps = { readonly value: string | null; readonly choose: (day: string) => void };

export const Calendar = ({ value, choose }: CalendarProps) => (
  <DatePicker
    size="sm"
    weekendDays={[]}
    value={value}
    {...(value ? { defaultDate: value } : {})}
    onChange={(day) => day && choose(day)}
    ariaLabels={{
      previousMonth: 'Month before',
      nextMonth: 'Month after',
      monthLevelControl: 'Choose the month',
      yearLevelControl: 'Choose the year',
    }}
  />
);
