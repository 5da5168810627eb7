import type { SignedInUser } from '@ims/contracts/auth/api';
import { createBrowserRouter, type LoaderFunctionArgs, Navigate, type RouteObject, redirect } from 'react-router';
import { session } from '#api/browser-session.ts';
import type { Session } from '#api/session.ts';
import { askedAddress, paths } from '../paths.ts';
import { NotFound, RouteError, ScreenError } from './error-page.tsx';
import { mayAdministerSystem, mayOperate } from './places.ts';

const requireSession = async ({ request }: Pick<LoaderFunctionArgs, 'request'>): Promise<Session> => {
  const { pathname, search } = new URL(request.url);
  const signedIn = await session.fresh();
  if (!signedIn) throw redirect(paths.signIn(pathname + search));
  if (signedIn.passwordExpired) throw redirect(paths.changePassword(pathname + search));
  return signedIn;
};

/** Only who must change the password does it on a screen of its own; everybody else has the profile. */
const requireExpiredPassword = async ({ request }: LoaderFunctionArgs): Promise<Session> => {
  const { pathname, search, searchParams } = new URL(request.url);
  const signedIn = await session.fresh();
  if (!signedIn) throw redirect(paths.signIn(pathname + search));
  if (!signedIn.passwordExpired) throw redirect(searchParams.has('to') ? askedAddress(searchParams) : paths.profile);
  return signedIn;
};

/** Where a person starts: their default site, their only one, or the choice between several; without a site, administrators of the system and operators on their screen. */
export const startOf = (user: SignedInUser): string => {
  const { sites, defaultSiteId } = user;
  if (sites.length === 0 && mayAdministerSystem(user)) return paths.system;
  if (sites.length === 0 && mayOperate(user)) return paths.operations;
  const start = sites.find(({ id }) => id === defaultSiteId) ?? (sites.length === 1 ? sites[0] : undefined);
  return start ? paths.finder(start.id) : paths.chooseSite;
};

const skipWhenSignedIn = async ({ request }: LoaderFunctionArgs): Promise<null> => {
  const signedIn = await session.fresh().catch(() => undefined);
  if (signedIn) throw redirect(askedAddress(new URL(request.url).searchParams));
  return null;
};

const entryRoutes: RouteObject[] = [
  {
    path: 'forgot-password',
    lazy: async () => ({ Component: (await import('#features/passwords/forgot-page.tsx')).ForgotPasswordPage }),
  },
  {
    path: 'reset-password',
    lazy: async () => ({ Component: (await import('#features/passwords/reset-page.tsx')).ResetPasswordPage }),
  },
  {
    path: 'change-password',
    loader: requireExpiredPassword,
    shouldRevalidate: () => false,
    lazy: async () => ({ Component: (await import('#features/passwords/change-page.tsx')).ChangePasswordPage }),
  },
  {
    path: 'invitation',
    lazy: async () => ({ Component: (await import('#features/invitation/invitation-page.tsx')).InvitationPage }),
  },
];

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

const administrationRoutes: RouteObject[] = [
  { index: true, element: <Navigate to="members" replace /> },
  {
    path: 'members',
    lazy: async () => ({ Component: (await import('#features/site-administration/members-part.tsx')).MembersPart }),
  },
  {
    path: 'settings',
    lazy: async () => ({ Component: (await import('#features/site-administration/settings-part.tsx')).SettingsPart }),
  },
  {
    path: 'types',
    lazy: async () => ({ Component: (await import('#features/site-administration/types-part.tsx')).TypesPart }),
  },
];

const systemRoutes: RouteObject[] = [
  { index: true, element: <Navigate to="users" replace /> },
  {
    path: 'users',
    lazy: async () => ({ Component: (await import('#features/system-administration/users-part.tsx')).UsersPart }),
    children: [
      { index: true, Component: () => null },
      {
        path: 'new',
        lazy: async () => ({ Component: (await import('#features/system-administration/new-user.tsx')).NewUser }),
      },
      {
        path: ':id',
        lazy: async () => ({ Component: (await import('#features/system-administration/user-panel.tsx')).UserPanel }),
      },
    ],
  },
  {
    path: 'sites',
    lazy: async () => ({ Component: (await import('#features/system-administration/sites-part.tsx')).SitesPart }),
    children: [
      { index: true, Component: () => null },
      {
        path: 'new',
        lazy: async () => ({ Component: (await import('#features/system-administration/site-panel.tsx')).NewSite }),
      },
      {
        path: ':id',
        lazy: async () => ({ Component: (await import('#features/system-administration/site-panel.tsx')).SitePanel }),
      },
    ],
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
  {
    path: 'administration',
    ErrorBoundary: ScreenError,
    lazy: async () => ({
      Component: (await import('#features/site-administration/administration-page.tsx')).AdministrationPage,
    }),
    children: administrationRoutes,
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
      ...entryRoutes,
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
            path: 'profile',
            ErrorBoundary: ScreenError,
            lazy: async () => ({ Component: (await import('#features/profile/profile-page.tsx')).ProfilePage }),
          },
          {
            path: 'operations',
            ErrorBoundary: ScreenError,
            lazy: async () => ({
              Component: (await import('#features/operations/operations-page.tsx')).OperationsPage,
            }),
          },
          {
            path: 'system',
            ErrorBoundary: ScreenError,
            lazy: async () => ({
              Component: (await import('#features/system-administration/system-page.tsx')).SystemPage,
            }),
            children: systemRoutes,
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
