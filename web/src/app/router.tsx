import type { SignedInUser } from '@ims/contracts/auth/api';
import { createBrowserRouter, type LoaderFunctionArgs, type RouteObject, redirect } from 'react-router';
import { session } from '#api/browser-session.ts';
import type { Session } from '#api/session.ts';
import { askedAddress, paths } from '../paths.ts';
import { NotFound, RouteError, ScreenError } from './error-page.tsx';
import { mayOperate } from './places.ts';

const requireSession = async ({ request }: Pick<LoaderFunctionArgs, 'request'>): Promise<Session> => {
  const signedIn = await session.fresh();
  if (signedIn) return signedIn;
  const { pathname, search } = new URL(request.url);
  throw redirect(paths.signIn(pathname + search));
};

/** Where a person starts: their default site, their only one, or the choice between several; operators without a site on their screen. */
export const startOf = (user: SignedInUser): string => {
  const { sites, defaultSiteId } = user;
  if (sites.length === 0 && mayOperate(user)) return paths.operations;
  const start = sites.find(({ id }) => id === defaultSiteId) ?? (sites.length === 1 ? sites[0] : undefined);
  return start ? paths.finder(start.id) : paths.chooseSite;
};

const skipWhenSignedIn = async ({ request }: LoaderFunctionArgs): Promise<null> => {
  const signedIn = await session.fresh().catch(() => undefined);
  if (signedIn) throw redirect(askedAddress(new URL(request.url).searchParams));
  return null;
};

const panelRoutes: RouteObject[] = [
  { index: true, Component: () => null },
  {
    path: 'interactions/new',
    lazy: async () => ({ Component: (await import('#features/interaction-form/new-page.tsx')).NewInteractionPage }),
  },
  {
    path: 'interactions/:id',
    lazy: async () => ({
      Component: (await import('#features/interaction-view/interaction-page.tsx')).InteractionPage,
    }),
  },
  {
    path: 'interactions/:id/edit',
    lazy: async () => ({ Component: (await import('#features/interaction-form/edit-page.tsx')).EditInteractionPage }),
  },
];

const siteRoutes: RouteObject[] = [
  {
    path: '',
    ErrorBoundary: ScreenError,
    lazy: async () => ({ Component: (await import('#features/finder/finder-page.tsx')).FinderPage }),
    children: panelRoutes,
  },
  {
    path: 'bin',
    ErrorBoundary: ScreenError,
    lazy: async () => ({ Component: (await import('#features/bin/bin-page.tsx')).BinPage }),
  },
];

const routes: RouteObject[] = [
  {
    ErrorBoundary: RouteError,
    HydrateFallback: () => null,
    children: [
      {
        index: true,
        Component: () => null,
        loader: async (route) => redirect(startOf((await requireSession(route)).user)),
      },
      {
        path: 'sign-in',
        loader: skipWhenSignedIn,
        lazy: async () => ({ Component: (await import('#features/sign-in/sign-in-page.tsx')).SignInPage }),
      },
      {
        path: 'choose-site',
        loader: requireSession,
        shouldRevalidate: () => false,
        lazy: async () => ({ Component: (await import('#features/choose-site/choose-site-page.tsx')).ChooseSitePage }),
      },
      {
        path: 'sign-out',
        lazy: async () => ({ Component: (await import('./sign-out-page.tsx')).SignOutPage }),
      },
      {
        loader: requireSession,
        shouldRevalidate: () => false,
        lazy: async () => ({ Component: (await import('./shell.tsx')).SystemShell }),
        children: [
          {
            path: 'operations',
            ErrorBoundary: ScreenError,
            lazy: async () => ({
              Component: (await import('#features/operations/operations-page.tsx')).OperationsPage,
            }),
          },
        ],
      },
      {
        path: 's/:siteId',
        loader: requireSession,
        shouldRevalidate: ({ currentParams, nextParams }) => currentParams.siteId !== nextParams.siteId,
        lazy: async () => ({ Component: (await import('./shell.tsx')).Shell }),
        children: siteRoutes,
      },
      { path: '*', element: <NotFound /> },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routes);
