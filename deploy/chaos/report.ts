import type { History, Violation } from './history.ts';
import type { Recovery } from './recovery.ts';

export type ControlResult = { readonly name: string; readonly found: readonly string[] };

export type ChaosReport = {
  readonly seed: number;
  readonly seconds: number;
  readonly recoveries: readonly Recovery[];
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly events: number;
  readonly controls: readonly ControlResult[];
};

export const isClean = ({ violations, controls }: ChaosReport): boolean =>
  violations.length === 0 && controls.every(({ found }) => found.length > 0);

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const inMs = (ms: number): string => `${Math.round(ms).toLocaleString('en')} ms`;

const rows = (recoveries: readonly Recovery[]): readonly string[] => {
  const names = [...new Set(recoveries.map(({ fault }) => fault))];
  return names.map((name) => {
    const own = recoveries.filter(({ fault }) => fault === name);
    const cell = (pick: (one: Recovery) => number): string => inMs(median(own.map(pick))).padStart(10);
    const { length } = own;
    return `| ${name.padEnd(62)} | ${String(length).padStart(5)} | ${cell((one) => one.commandMs)} | ${cell((one) => one.visibleMs)} | ${cell((one) => one.wellMs)} |`;
  });
};

export const reportText = (report: ChaosReport): string => {
  const { seed, seconds, recoveries, history, violations, events, controls } = report;
  const of = (outcome: string): number => history.operations.filter((one) => one.outcome === outcome).length;
  const broken = (rule: string): number => violations.filter((one) => one.rule === rule).length;
  return [
    `Chaos run: seed ${seed}, ${Math.round(seconds)} s`,
    '',
    `| ${'Fault'.padEnd(62)} | Times | ${'Command'.padStart(10)} | ${'Visible'.padStart(10)} | ${'All well'.padStart(10)} |`,
    `|${'-'.repeat(64)}|${'-'.repeat(7)}|${'-'.repeat(12)}|${'-'.repeat(12)}|${'-'.repeat(12)}|`,
    ...rows(recoveries),
    '',
    `faults ${recoveries.length} · commands acknowledged ${of('acknowledged')}, refused ${of('refused')}, unknown ${of('unknown')} · sent again ${history.retried} · reads checked ${history.reads} · events ${events}`,
    `lost ${broken('no acknowledged command lost')} · twice ${broken('none applied twice')} · violations ${violations.length}`,
    ...violations.slice(0, 50).map(({ rule, what }) => `  VIOLATION ${rule}: ${what}`),
    '',
    'Negative controls (each must be caught):',
    ...controls.map(
      ({ name, found }) =>
        `  ${found.length > 0 ? 'caught' : 'NOT CAUGHT'}: ${name}${found.map((one) => ` · ${one}`).join('')}`,
    ),
    '',
    isClean(report) ? 'Nothing lost, nothing twice, every control caught.' : 'FAILED.',
  ].join('\n');
};
