import { describe, expect, it, vi } from 'vitest';
import { type ChangesChannel, type Connection, followChanges } from './live-changes.ts';

type Change = Parameters<Parameters<typeof followChanges>[1]['changed']>[0];
const saved = (id: number): string => `id: ${id}\nevent: interactions\ndata: {"ids":["${id}"],"position":"${id}"}\n\n`;
const idsOf = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => (change.event === 'interactions' ? change.data.ids : []));

/** A server whose stream the test writes to. */
const givenServer = () => {
  const streams: { lastEventId: string | undefined; write: (text: string) => void; end: () => void }[] = [];
  const open = async (lastEventId: string | undefined): Promise<Response> => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    streams.push({
      lastEventId,
      write: (text) => void writer.write(new TextEncoder().encode(text)),
      end: () => void writer.close(),
    });
    return new Response(readable);
  };
  return { open, streams };
};

/** A browser whose first tab leads; the next one takes over when it stops. */
const givenBrowser = (open: (lastEventId: string | undefined) => Promise<Response>) => {
  const tabs = new Set<(event: { data: never }) => void>();
  let leading: Promise<unknown> = Promise.resolve();
  const openTab = () => {
    const changes: Change[] = [];
    const connections: Connection[] = [];
    let own: ((event: { data: never }) => void) | undefined;
    const channel: ChangesChannel = {
      postMessage: (data) => {
        for (const hear of tabs) if (hear !== own) hear({ data: data as never });
      },
      addEventListener: (_, listener) => {
        own = listener;
        tabs.add(own);
      },
      close: () => own && tabs.delete(own),
    };
    const lead = (work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
      const done = leading.then(() => (signal.aborted ? undefined : Promise.race([work(), aborted(signal)])));
      leading = done;
      return done;
    };
    const stop = followChanges(
      { open, channel, lead, wait: async () => undefined },
      { changed: (change) => void changes.push(change), connection: (state) => void connections.push(state) },
    );
    return { changes, connections, stop };
  };
  return { openTab };
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

describe('changes that others save', () => {
  it('reach every tab over one stream', async () => {
    const { open, streams } = givenServer();
    const { openTab } = givenBrowser(open);
    const [one, other] = [openTab(), openTab()];
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    streams[0]?.write(saved(7));
    await vi.waitFor(() => expect(idsOf(other.changes)).toEqual(['7']));
    expect(idsOf(one.changes)).toEqual(['7']);
    expect(streams).toHaveLength(1);
  });

  it('go on from the last one heard when the stream breaks', async () => {
    const { open, streams } = givenServer();
    const tab = givenBrowser(open).openTab();
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    streams[0]?.write(`: heartbeat\n\n${saved(7)}`);
    await vi.waitFor(() => expect(tab.changes).toHaveLength(1));
    streams[0]?.end();
    await vi.waitFor(() => expect(streams[1]?.lastEventId).toBe('7'));
  });

  it('go on from where the stream began when it breaks before the first one', async () => {
    const { open, streams } = givenServer();
    givenBrowser(open).openTab();
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    streams[0]?.write('id: 5\n: connected\n\n');
    streams[0]?.end();
    await vi.waitFor(() => expect(streams[1]?.lastEventId).toBe('5'));
  });

  it('go on in the next tab when the leading one is closed', async () => {
    const { open, streams } = givenServer();
    const { openTab } = givenBrowser(open);
    const [one, other] = [openTab(), openTab()];
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    streams[0]?.write(saved(7));
    await vi.waitFor(() => expect(other.changes).toHaveLength(1));
    one.stop();
    await vi.waitFor(() => expect(streams[1]?.lastEventId).toBe('7'));
    streams[1]?.write(saved(8));
    await vi.waitFor(() => expect(idsOf(other.changes)).toEqual(['7', '8']));
  });

  it('are missed loudly: every tab learns that the connection is lost, and that it is back', async () => {
    const { open } = givenServer();
    let attempts = 0;
    const { openTab } = givenBrowser(async (lastEventId) => {
      attempts += 1;
      if (attempts <= 2) throw new Error('offline');
      return open(lastEventId);
    });
    const [, other] = [openTab(), openTab()];
    await vi.waitFor(() => expect(other?.connections).toEqual(['lost', 'lost', 'connected']));
  });
});
