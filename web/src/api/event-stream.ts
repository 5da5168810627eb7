export type ServerEvent = { readonly id: string | undefined; readonly event: string; readonly data: string };

const readBlock = (block: string): ServerEvent | undefined => {
  const fields: Record<string, string> = {};
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.slice(0, colon) === 'data') data.push(value);
    else fields[line.slice(0, colon)] = value;
  }
  // An id alone tells where the reader stands, without anything having happened.
  if (data.length === 0 && fields.id === undefined) return undefined;
  return { id: fields.id, event: fields.event ?? 'message', data: data.join('\n') };
};

/** Reads server-sent events from an answer's body until it ends; heartbeats and comments are passed over. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffered = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buffered += decoder.decode(value, { stream: true });
      const blocks = buffered.split(/\r\n\r\n|\n\n|\r\r/);
      buffered = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = readBlock(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
