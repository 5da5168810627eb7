/**
 * An engine (event log, messages, cache) that must not be used as it is: wrong credentials or a wrong version. The
 * message is one sentence for the operator. It ends the process at start; everything else about engines is retried.
 */
export class EngineRefused extends Error {
  override readonly name = 'EngineRefused';
}
