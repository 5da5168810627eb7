import { number } from './table.ts';

export type Output = { readonly isTTY?: boolean; write(text: string): unknown };

/** How far something is, in events; `name` says what. */
export type Advance = {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly eventsPerSecond: number;
};

export type ProgressLine = { show(advance: Advance): void; say(text: string): void; end(): void };

const clock = (seconds: number): string => {
  const rounded = Math.max(0, Math.round(seconds));
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')}`;
};

export const describeAdvance = ({ name, done, total, eventsPerSecond }: Advance): string => {
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
  const rate = eventsPerSecond > 0 ? ` · ${number(Math.round(eventsPerSecond))} events/s` : '';
  const left = eventsPerSecond > 0 && done < total ? ` · ${clock((total - done) / eventsPerSecond)} left` : '';
  return `${name} · ${percent} % · ${number(done)} of ${number(total)} events${rate}${left}`;
};

/** Redrawn on a terminal; elsewhere (a log file) a line whenever another tenth is done. */
export const createProgressLine = (output: Output): ProgressLine => {
  let isDrawn = false;
  const shownTenths = new Map<string, number>();
  const clear = (): void => {
    if (isDrawn) output.write('\r\u001b[2K');
    isDrawn = false;
  };
  return {
    show: (advance) => {
      if (output.isTTY) {
        output.write(`\r\u001b[2K${describeAdvance(advance)}`);
        isDrawn = true;
        return;
      }
      const tenth = advance.total === 0 ? 10 : Math.floor((advance.done / advance.total) * 10);
      if (tenth <= (shownTenths.get(advance.name) ?? -1)) return;
      shownTenths.set(advance.name, tenth);
      output.write(`${describeAdvance(advance)}\n`);
    },
    say: (text) => {
      clear();
      output.write(`${text}\n`);
    },
    end: clear,
  };
};
