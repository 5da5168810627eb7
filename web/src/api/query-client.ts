import { QueryClient } from '@tanstack/react-query';
import { ApiError, isWorthRepeating } from './api-error.ts';

const retries = 2;

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < retries && (isWorthRepeating(error) || !(error instanceof ApiError)),
        retryDelay: (failures) => 300 * 3 ** failures,
        refetchOnWindowFocus: 'always',
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
