/** `unknown`: no answer came, so it may have been carried out or not. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

/** One command as its caller saw it. Every kind of command here makes exactly one event. */
export type Operation = {
  readonly commandId: string;
  readonly siteId: string;
  readonly kind: 'create' | 'edit' | 'status';
  readonly outcome: Outcome;
  /** Of the answer, where there was one. */
  readonly recordId: string | undefined;
  readonly revision: number | undefined;
  readonly answeredAt: number;
  /** How often it was sent. */
  readonly tries: number;
};

/** Something that must never be seen; `rule` is one of the invariants. */
export type Violation = { readonly rule: string; readonly what: string };

export type History = {
  readonly operations: Operation[];
  readonly violations: Violation[];
  /** Answers to reads that were checked. */
  reads: number;
  /** 5xx and broken connections that a caller had to try again for. */
  retried: number;
};

export const createHistory = (): History => ({ operations: [], violations: [], reads: 0, retried: 0 });
