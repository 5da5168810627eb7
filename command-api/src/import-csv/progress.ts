export type Progress = { show(done: number): void; end(): void };

type Output = { readonly isTTY?: boolean; write(text: string): unknown };

const clock = (seconds: number): string => {
  const rounded = Math.max(0, Math.round(seconds));
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')}`;
};

const describe = (done: number, total: number, seconds: number): string => {
  const rate = seconds > 0 ? done / seconds : 0;
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const left = rate > 0 ? ` · ${clock((total - done) / rate)} left` : '';
  return `${percent} % · ${done.toLocaleString('en')} of ${total.toLocaleString('en')} rows · ${Math.round(rate).toLocaleString('en')} rows/s${left}`;
};

/** A bar that is redrawn on a terminal; elsewhere (a log file) a plain line every tenth of the way. */
export const showProgress = (total: number, output: Output, now: () => number = Date.now): Progress => {
  const start = now();
  let shownTenth = 0;
  let isDrawn = false;
  const draw = (done: number) => {
    const filled = total === 0 ? 20 : Math.floor((done / total) * 20);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
    output.write(`\r\u001b[2K${bar} ${describe(done, total, (now() - start) / 1_000)}`);
    isDrawn = true;
  };
  const line = (done: number) => {
    const tenth = total === 0 ? 10 : Math.floor((done / total) * 10);
    if (tenth <= shownTenth) return;
    shownTenth = tenth;
    output.write(`${describe(done, total, (now() - start) / 1_000)}\n`);
  };
  return {
    show: (done) => (output.isTTY ? draw(done) : line(done)),
    end: () => {
      if (isDrawn) output.write('\n');
      isDrawn = false;
    },
  };
};
