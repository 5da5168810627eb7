/** Tells the person at the terminal what is going on, one line a step. */
export type Progress = {
  /** Runs a step and prints its name with the time it took. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Replaces the line on a terminal; prints every tenth of the way elsewhere. */
  advance(name: string, done: number, total: number): void;
  say(text: string): void;
};

export const createProgress = (output: NodeJS.WriteStream): Progress => {
  let tenth = -1;
  const say = (text: string): void => {
    output.write(`${text}\n`);
  };
  return {
    say,
    step: async (name, work) => {
      const begun = performance.now();
      if (output.isTTY) output.write(`  ${name} …`);
      const result = await work();
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      output.write(`${output.isTTY ? '\r\u001b[2K' : ''}  ${name} (${seconds} s)\n`);
      return result;
    },
    advance: (name, done, total) => {
      if (output.isTTY) {
        output.write(`\r\u001b[2K  ${name} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
        return;
      }
      const reached = Math.floor((10 * done) / total);
      if (reached !== tenth) say(`  ${name} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
      tenth = reached;
    },
  };
};
