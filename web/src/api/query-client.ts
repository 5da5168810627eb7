import { QueryClient } from '@tanstack/react-query';
import { ApiError, isWorthRepeating } from './api-error.ts';
import { isLagging } from './availability.ts';

const retries = 2;
/** The tables are catching up with what this person saved: asked again quietly, for about a minute and a half. */
const laggingRetries = 60;
const laggingPauseMs = 1_500;

const mayRetry = (failures: number, error: unknown): boolean => {
  if (error instanceof ApiError && isLagging(error)) return failures < laggingRetries;
  return failures < retries && (isWorthRepeating(error) || !(error instanceof ApiError));
};

const pauseMs = (failures: number, error: unknown): number =>
  error instanceof ApiError && isLagging(error) ? laggingPauseMs : 300 * 3 ** failures;

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: mayRetry,
        retryDelay: pauseMs,
        refetchOnWindowFocus: 'always',
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
