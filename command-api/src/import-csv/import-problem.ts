/** Ends an import; the message is one sentence for the person at the terminal, who can do something about it. */
export class ImportProblem extends Error {
  override readonly name = 'ImportProblem';
}
