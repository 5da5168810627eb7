import type { SignedInUser } from '@ims/contracts/auth/api';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createMemoryRouter, Outlet, type RouteObject, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { session } from '../api/browser-session.ts';
import { SiteContext } from '../app/site-context.ts';
import { Toasts } from '../ui/toasts.tsx';
import { givenPerson } from './given.ts';

export type Call = {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
};
type Answers = (call: Call) => { readonly status?: number; readonly body: unknown } | undefined;

const site = givenPerson.sites[0] ?? { id: '', name: '', role: 'editor' };
export const openSite = { site, user: givenPerson, onChange: () => () => undefined };

const lookups = (path: string): unknown => {
  if (path.includes('/types')) return { types: [{ name: 'Meeting', uses: 2, retired: false }] };
  if (path.includes('/leads')) return { leads: ['Jérémy Dubois'] };
  return { locations: [] };
};

/** Answers the calls of a test; what it leaves open are look-ups. Every command is kept, in order. */
export const givenServer = (answers: Answers = () => undefined): { commands: Call[] } => {
  const commands: Call[] = [];
  session.start({
    token: 'token',
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    user: givenPerson,
    passwordExpired: false,
  });
  vi.stubGlobal('fetch', async (path: string, request: RequestInit = {}) => {
    const body = typeof request.body === 'string' ? JSON.parse(request.body) : undefined;
    const call = { method: request.method ?? 'GET', path, headers: new Headers(request.headers), body };
    if (call.method !== 'GET') commands.push(call);
    const answer = answers(call) ?? { body: lookups(path) };
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  });
  return { commands };
};

const renderRoutes = (routes: RouteObject[], at = '/') => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <MantineProvider env="test">
        <SiteContext value={openSite}>
          <RouterProvider router={createMemoryRouter(routes, { initialEntries: [at] })} />
          <Toasts />
        </SiteContext>
      </MantineProvider>
    </QueryClientProvider>,
  );
};

/** Shows a part of the app as it stands on a site, for the person `givenPerson`. */
export const renderInSite = (content: ReactNode) => renderRoutes([{ path: '*', element: content }]);

/** Shows a screen that belongs to no site, as the frame around it does. */
export const renderForSystem = (content: ReactNode, user: SignedInUser) =>
  renderRoutes([{ path: '/', element: <Outlet context={user} />, children: [{ index: true, element: content }] }]);

/** Shows screens at their addresses, for the person who is signed in. */
export const renderSignedInAt = (at: string, routes: RouteObject[], user: SignedInUser) => {
  session.update(user);
  return renderRoutes(routes, at);
};
