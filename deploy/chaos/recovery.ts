import type { History } from './history.ts';
import type { Random } from './random.ts';
import type { Topology } from './topology.ts';
import { type Person, type Site, writeOnce } from './workload.ts';

/** Times in milliseconds since the fault was over. */
export type Recovery = {
  readonly fault: string;
  /** A command was acknowledged. */
  readonly commandMs: number;
  /** It was read back through every query API. */
  readonly visibleMs: number;
  /** Every process and engine says that it is well. */
  readonly wellMs: number;
};

const wellWithinMs = 30_000;

type Probing = {
  readonly person: Person;
  readonly sites: readonly Site[];
  readonly history: History;
  readonly random: Random;
};

/** Asks as a person would, from the moment the fault is over, until everything works again. */
export const measureRecovery = async (fault: string, topology: Topology, probing: Probing): Promise<Recovery> => {
  const { person, history } = probing;
  const begun = performance.now();
  const operation = await writeOnce(person, { ...probing, own: [] });
  const commandMs = operation.answeredAt - begun;
  if (operation.outcome !== 'acknowledged') {
    history.violations.push({ rule: 'recovery', what: `no command was acknowledged within a minute after: ${fault}` });
  }
  for (const { address } of topology.of('query-api')) {
    const request = { method: 'GET', path: `/api/v1/interactions/${operation.recordId}`, siteId: operation.siteId };
    const read = await person.call(request, { url: address });
    if (read?.status !== 200) {
      history.violations.push({ rule: 'recovery', what: `${fault}: ${operation.recordId} answered ${read?.status}` });
    }
  }
  const visibleMs = performance.now() - begun;
  await topology.whenWell(wellWithinMs);
  return { fault, commandMs, visibleMs, wellMs: performance.now() - begun };
};

/** Without a token, rows and cached pages may be this old: the poll of generations, and the projection before it. */
const staleAfterMs = 3_000;

/** Everybody well again: whatever was acknowledged a while ago must be in the answers of every query API. */
export const checkStaleness = async (topology: Topology, { person, history }: Probing): Promise<void> => {
  const now = performance.now();
  const newest = new Map<string, { readonly siteId: string; readonly revision: number }>();
  const old = history.operations.filter(
    ({ outcome, answeredAt }) => outcome === 'acknowledged' && now - answeredAt > staleAfterMs,
  );
  for (const { recordId = '', siteId, revision = 0 } of old.slice(-40)) {
    const known = newest.get(recordId);
    if (!known || known.revision < revision) newest.set(recordId, { siteId, revision });
  }
  for (const { address } of topology.of('query-api')) {
    for (const [id, { siteId, revision }] of newest) {
      const read = await person.call({ method: 'GET', path: `/api/v1/interactions/${id}`, siteId }, { url: address });
      history.reads += 1;
      const seen = read?.status === 200 ? Number(read.body.interaction.revision) : -1;
      if (seen >= revision) continue;
      const what = `${id}: revision ${revision} was acknowledged long ago, read ${seen}`;
      history.violations.push({ rule: 'never stale beyond the bound', what });
    }
  }
};
