/** A reason not to export or import that the operator can mend: printed as it is, exit code 1, no stack. */
export class LogProblem extends Error {
  override readonly name = 'LogProblem';
}
