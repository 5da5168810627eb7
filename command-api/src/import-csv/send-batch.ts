import { type ImportResult, ImportResults } from '@ims/contracts/interactions/api';
import type { CompleteInteraction } from '@ims/contracts/interactions/fields';
import { ImportProblem } from './import-problem.ts';
import type { ImsClient } from './ims-client.ts';
import type { FileRow } from './read-rows.ts';

/** A row on its way: as it stood in the file, and as it is sent. */
export type OutgoingRow = {
  readonly row: FileRow;
  readonly sent: { readonly key: string } & CompleteInteraction;
};
export type RowOutcome = { readonly row: FileRow; readonly outcome: ImportResult['outcome']; readonly reason: string };

const reasonOf = ({ error }: ImportResult): string => {
  if (!error) return '';
  const details = error.details.map(({ message }) => message);
  return details.length > 0 ? [...new Set(details)].join('; ') : error.message;
};

const halves = <Item>(items: readonly Item[]): readonly [readonly Item[], readonly Item[]] => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
};

/** Sends rows of one site in one request, or in smaller ones when the server finds that too large. */
export const sendBatch = async (
  client: ImsClient,
  siteId: string,
  rows: readonly OutgoingRow[],
): Promise<readonly RowOutcome[]> => {
  const body = { rows: rows.map(({ sent }) => sent) };
  const answer = await client.send({ method: 'POST', path: '/interactions/import', body, siteId }, ImportResults);
  if (!answer.refused) {
    const { results } = answer.body;
    return rows.map(({ row, sent }, at) => {
      const result = results[at];
      if (result?.key !== sent.key) throw new ImportProblem('The server answered without naming every row in order.');
      return { row, outcome: result.outcome, reason: reasonOf(result) };
    });
  }
  if (answer.refused.code === 'PAYLOAD_TOO_LARGE' && rows.length > 1) {
    const [first, second] = halves(rows);
    return [...(await sendBatch(client, siteId, first)), ...(await sendBatch(client, siteId, second))];
  }
  throw new ImportProblem(`The server refuses the rows: ${answer.refused.message}.`);
};
