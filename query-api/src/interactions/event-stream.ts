import { PassThrough } from 'node:stream';

/** An open answer of `text/event-stream`. */
export type EventStream = {
  readonly body: PassThrough;
  send(event: { readonly id: string; readonly event: string; readonly data: unknown }): void;
  /** Tells where the reader stands, without anything having happened. */
  place(id: string): void;
  end(): void;
  onClose(done: () => void): void;
};

export const heartbeatMs = 15_000;
const mostUnread = 256 * 1_024;

/** A stream whose reader falls too far behind is cut: it comes back with its last id and is told what it missed. */
export const openEventStream = (): EventStream => {
  const body = new PassThrough();
  const write = (text: string): void => {
    if (body.destroyed || body.writableEnded) return;
    if (body.writableLength + body.readableLength > mostUnread) body.destroy();
    else body.write(text);
  };
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
  body.once('close', () => clearInterval(heartbeat));
  body.on('error', () => undefined);
  return {
    body,
    send: ({ id, event, data }) => write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    place: (id) => write(`id: ${id}\n: connected\n\n`),
    end: () => body.end(),
    onClose: (done) => void body.once('close', done),
  };
};
