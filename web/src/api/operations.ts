import type {
  DeadLetter,
  OperationRequest,
  ProjectionList,
  ProjectionOperationBody,
  projectionOperations,
} from '@ims/contracts/operations/api';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

export type ProjectionOperation = (typeof projectionOperations)[number];
type Accepted = { readonly request: OperationRequest };

const all = ['operations'] as const;
export const operationKeys = {
  all,
  projections: [...all, 'projections'] as const,
  deadLetters: [...all, 'dead-letters'] as const,
  requests: [...all, 'requests'] as const,
  request: (id: string) => [...all, 'request', id] as const,
};

/** Always asked anew: a state that is half a minute old is no state to act on. */
const fresh = { staleTime: 0 } as const;

export const projections = () =>
  queryOptions({
    ...fresh,
    queryKey: operationKeys.projections,
    queryFn: ({ signal }) => api.read<ProjectionList>('/operations/projections', { signal }),
  });

export const deadLetters = () =>
  queryOptions({
    ...fresh,
    queryKey: operationKeys.deadLetters,
    queryFn: async ({ signal }) =>
      (await api.read<{ deadLetters: DeadLetter[] }>('/operations/dead-letters', { signal })).deadLetters,
  });

export const operationRequests = () =>
  queryOptions({
    ...fresh,
    queryKey: operationKeys.requests,
    queryFn: async ({ signal }) =>
      (await api.read<{ requests: OperationRequest[] }>('/operations/requests', { signal })).requests,
  });

export const operationRequest = (id: string) =>
  queryOptions({
    ...fresh,
    queryKey: operationKeys.request(id),
    queryFn: async ({ signal }) =>
      (await api.read<{ request: OperationRequest }>(`/operations/requests/${id}`, { signal })).request,
  });

export const askProjection = async (
  operation: ProjectionOperation,
  projection: string,
  body: ProjectionOperationBody,
): Promise<OperationRequest> =>
  (await api.command<Accepted>('POST', `/operations/projections/${projection}/${operation}`, { body })).request;

export const askDeadLetter = async (how: 'retry' | 'skip', id: string): Promise<OperationRequest> =>
  (await api.command<Accepted>('POST', `/operations/dead-letters/${id}/${how}`)).request;
