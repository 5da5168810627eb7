import type { LiveChange } from '@ims/contracts/interactions/api';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { interactionKeys } from '#api/interactions.ts';
import { type Connection, followSite } from '#api/live-changes.ts';
import { notify } from '#ui/notices.ts';

type ChangeListener = (change: LiveChange) => void;

/** Follows what is saved on the site while it is open, and says when the connection is lost. */
export const useLiveSite = (siteId: string) => {
  const queries = useQueryClient();
  const listeners = useRef(new Set<ChangeListener>());
  const [connection, setConnection] = useState<Connection>('connected');
  useEffect(() => {
    const changed = (change: LiveChange): void => {
      if (change.event === 'notice')
        notify(change.data.text, change.data.level === 'warning' ? { tone: 'warning' } : {});
      if (change.event === 'reset')
        queries.invalidateQueries({ queryKey: interactionKeys.all(siteId) }).catch(() => undefined);
      for (const listener of listeners.current) listener(change);
    };
    return followSite(siteId, { changed, connection: setConnection });
  }, [siteId, queries]);
  const onChange = useCallback((listener: ChangeListener) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  return { connection, onChange };
};
