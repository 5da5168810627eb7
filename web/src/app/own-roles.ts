import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '#api/api-error.ts';
import { refreshOwnRoles } from '#api/own-roles.ts';

const everyMs = 30_000;

const isDenied = (error: unknown): boolean => error instanceof ApiError && error.code === 'AUTHORIZATION_ERROR';

/** Calls when an answer says that a role does not allow what was asked for. */
const onDenied = (queries: QueryClient, act: () => void): (() => void) => {
  const stopQueries = queries.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && isDenied(event.action.error)) act();
  });
  const stopMutations = queries.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && isDenied(event.action.error)) act();
  });
  return () => {
    stopQueries();
    stopMutations();
  };
};

/** Follows a change of the person's own roles: at once where a refusal shows it, else when they look or after a while. */
export const useOwnRoles = (): void => {
  const queries = useQueryClient();
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') refreshOwnRoles().catch(() => undefined);
    };
    const stop = onDenied(queries, look);
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    window.addEventListener('focus', look);
    return () => {
      stop();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('focus', look);
    };
  }, [queries]);
};
