import type { LiveChange } from '@ims/contracts/interactions/api';
import { api } from './client.ts';
import { readEvents } from './event-stream.ts';
import { runAlone } from './locks.ts';

export type Connection = 'connected' | 'lost';
type Message =
  | { readonly kind: 'change'; readonly id: string | undefined; readonly change: LiveChange }
  | { readonly kind: 'place'; readonly id: string }
  | { readonly kind: 'connection'; readonly connection: Connection };
export type ChangesChannel = {
  postMessage(message: Message): void;
  addEventListener(type: 'message', listener: (event: { data: Message }) => void): void;
  close(): void;
};
type Listener = { readonly changed: (change: LiveChange) => void; readonly connection: (state: Connection) => void };
type LiveParts = {
  readonly open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>;
  readonly channel: ChangesChannel;
  /** Runs the work in one tab of the browser at a time; the next takes over when a tab goes. */
  readonly lead: (work: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

const longestPauseMs = 30_000;
const pauseMs = (failures: number): number => Math.min(1_000 * 2 ** failures, longestPauseMs);

const parseChange = (event: string, data: string): LiveChange | undefined => {
  if (event !== 'interactions' && event !== 'notice' && event !== 'reset') return undefined;
  return { event, data: JSON.parse(data) } as LiveChange;
};

/**
 * Tells the listener what others save. Of all tabs on a site one (the leader) holds the stream and passes on what it
 * hears; every tab remembers the last event, so that whoever leads next resumes there. Returns how to stop.
 */
export const followChanges = ({ open, channel, lead, wait }: LiveParts, listener: Listener): (() => void) => {
  const stop = new AbortController();
  let lastEventId: string | undefined;
  const hear = (message: Message): void => {
    if (message.kind === 'connection') {
      listener.connection(message.connection);
      return;
    }
    lastEventId = message.id ?? lastEventId;
    if (message.kind === 'change') listener.changed(message.change);
  };
  const tell = (message: Message): void => {
    channel.postMessage(message);
    hear(message);
  };
  channel.addEventListener('message', ({ data }) => {
    if (!stop.signal.aborted) hear(data);
  });

  const readOnce = async (connected: () => void): Promise<void> => {
    const response = await open(lastEventId, stop.signal);
    if (!response.body) return;
    connected();
    tell({ kind: 'connection', connection: 'connected' });
    for await (const { id, event, data } of readEvents(response.body)) {
      const change = parseChange(event, data);
      if (change) tell({ kind: 'change', id, change });
      else if (id) tell({ kind: 'place', id });
    }
  };

  const readForEver = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted) {
      const outcome = await readOnce(() => {
        failures = 0;
      }).catch((error: unknown) => error ?? true);
      if (stop.signal.aborted) return;
      if (outcome) tell({ kind: 'connection', connection: 'lost' });
      await wait(pauseMs(failures), stop.signal);
      failures += 1;
    }
  };

  lead(readForEver, stop.signal).catch(() => undefined);
  return () => {
    stop.abort();
    channel.close();
  };
};

const waitAbortably = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Follows the changes of a site over the one stream that this browser keeps open for it. */
export const followSite = (siteId: string, listener: Listener): (() => void) =>
  followChanges(
    {
      open: (lastEventId, signal) => api.stream('/interactions/changes', siteId, lastEventId, signal),
      channel: new BroadcastChannel(`ims-changes-${siteId}`),
      lead: (work, signal) => runAlone(`ims-changes-${siteId}`, work, signal),
      wait: waitAbortably,
    },
    {
      ...listener,
      changed: (change) => {
        api.heardNews(siteId);
        listener.changed(change);
      },
    },
  );
