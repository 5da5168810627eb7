/** Who asks for something that is recorded about somebody else. */
export type Asker = { readonly actorId: string; readonly correlationId: string };
