/**
 * Who may do what, written down by hand from the table of the domain, so that it can disagree with the code: the
 * matrix test asks every operation as everybody and compares. It does not read `permissions.ts` or any route.
 */
export const people = [
  'anonymous',
  'viewer',
  'editor',
  'site auditor',
  'administrator',
  'system administrator',
  'system auditor',
  'operator',
  'suspended',
  'removed',
  'expired',
] as const;
export type PersonName = (typeof people)[number];

/** Nobody signed in: no token, one past its end, one of somebody who was suspended. */
export const strangers: readonly PersonName[] = ['anonymous', 'suspended', 'expired'];

type Row = {
  /** With their role on the site. */
  readonly onSite: readonly PersonName[];
  /** Without any role on it, by a role of the system. */
  readonly everywhere: readonly PersonName[];
};

const rows = {
  read: { onSite: ['viewer', 'editor', 'site auditor', 'administrator'], everywhere: ['system auditor'] },
  write: { onSite: ['editor', 'administrator'], everywhere: [] },
  bin: { onSite: ['editor', 'administrator'], everywhere: [] },
  'administer the site': { onSite: ['administrator'], everywhere: ['system administrator'] },
  'administer the system': { onSite: [], everywhere: ['system administrator'] },
  operate: { onSite: [], everywhere: ['system administrator', 'operator'] },
  'have a role there': {
    onSite: ['viewer', 'editor', 'site auditor', 'administrator'],
    everywhere: ['system administrator', 'system auditor'],
  },
} as const satisfies Record<string, Row>;
export type Right = keyof typeof rows;

export const rightsOf = (right: Right): Row => rows[right];

/**
 * `public`: the same answer whoever asks. `signed-in`: anybody who is. `site`: the site stands in the header (`scope`) or
 * in the address. `about` says which ids the address has; `body` makes a call that is carried out where it is allowed.
 */
export type Rule =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed-in'; readonly last?: true }
  | { readonly kind: 'system'; readonly right: Right }
  | { readonly kind: 'site'; readonly right: Right; readonly by: 'scope' | 'path' }
  | { readonly kind: 'record'; readonly right: Right; readonly body?: unknown };

const isPublic: Rule = { kind: 'public' };
const signedIn: Rule = { kind: 'signed-in' };
/** Ends the caller's own sign-in, so it is asked after everything else. */
const endsSession: Rule = { kind: 'signed-in', last: true };
const scope = (right: Right): Rule => ({ kind: 'site', right, by: 'scope' });
const path = (right: Right): Rule => ({ kind: 'site', right, by: 'path' });
const system = (right: Right): Rule => ({ kind: 'system', right });
const record = (right: Right, body?: unknown): Rule => ({ kind: 'record', right, body });

export const recordFields = {
  title: 'Budget review',
  type: 'Meeting',
  lead: 'Ann',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
};

/** Every operation of the merged OpenAPI document. One that is missing here fails the build. */
export const operations: Readonly<Record<string, Rule>> = {
  'GET /.well-known/jwks.json': isPublic,
  'GET /api/v1/health': isPublic,
  ...Object.fromEntries(
    ['auth', 'cache', 'db', 'messaging', 'storage'].map((part) => [`GET /api/v1/health/${part}`, isPublic]),
  ),
  'GET /api/v1/openapi.json': isPublic,

  'POST /api/v1/auth/login': isPublic,
  'POST /api/v1/auth/refresh': isPublic,
  'POST /api/v1/auth/logout': isPublic,
  'GET /api/v1/auth/password-policy': isPublic,
  'POST /api/v1/auth/password/forgot': isPublic,
  'POST /api/v1/auth/password/reset': isPublic,
  'POST /api/v1/auth/invitation/check': isPublic,
  'POST /api/v1/auth/invitation/accept': isPublic,
  'GET /api/v1/auth/external': isPublic,
  'GET /api/v1/auth/external/{issuer}/start': isPublic,
  'GET /api/v1/auth/external/{issuer}/callback': isPublic,
  'GET /api/v1/auth/me': signedIn,
  'PATCH /api/v1/auth/me': signedIn,
  'GET /api/v1/auth/sites': signedIn,
  'POST /api/v1/auth/site': signedIn,
  'POST /api/v1/auth/password/change': signedIn,
  'GET /api/v1/auth/sessions': signedIn,
  'DELETE /api/v1/auth/sessions/{id}': signedIn,
  'DELETE /api/v1/auth/sessions': endsSession,

  'GET /api/v1/interactions': scope('read'),
  'GET /api/v1/interactions/count': scope('read'),
  'GET /api/v1/interactions/types': scope('read'),
  'GET /api/v1/interactions/leads': scope('read'),
  'GET /api/v1/interactions/locations': scope('read'),
  'GET /api/v1/interactions/changes': scope('read'),
  'GET /api/v1/interactions/bin': scope('bin'),
  'POST /api/v1/interactions': scope('write'),
  'POST /api/v1/interactions/import': scope('write'),
  'GET /api/v1/interactions/{id}': record('read'),
  'PUT /api/v1/interactions/{id}': record('write', recordFields),
  'PATCH /api/v1/interactions/{id}': record('write', { title: 'Changed' }),
  'POST /api/v1/interactions/{id}/status': record('write', { status: 'archived' }),
  'DELETE /api/v1/interactions/{id}': record('bin'),
  'POST /api/v1/interactions/{id}/restore': record('bin'),

  'GET /api/v1/sites': signedIn,
  'POST /api/v1/sites': system('administer the system'),
  'GET /api/v1/sites/{id}': path('have a role there'),
  'PATCH /api/v1/sites/{id}': system('administer the system'),
  'GET /api/v1/sites/{id}/settings': path('administer the site'),
  'PATCH /api/v1/sites/{id}/settings': path('administer the site'),
  'PUT /api/v1/sites/{id}/interaction-types': path('administer the site'),
  'GET /api/v1/sites/{id}/users': path('administer the site'),
  'POST /api/v1/sites/{id}/users': path('administer the site'),
  'PUT /api/v1/sites/{id}/users/{userId}': path('administer the site'),
  'DELETE /api/v1/sites/{id}/users/{userId}': path('administer the site'),

  'GET /api/v1/users': system('administer the system'),
  'POST /api/v1/users': system('administer the system'),
  'GET /api/v1/users/{id}': system('administer the system'),
  'PATCH /api/v1/users/{id}': system('administer the system'),
  'POST /api/v1/users/{id}/deactivate': system('administer the system'),
  'POST /api/v1/users/{id}/reactivate': system('administer the system'),
  'POST /api/v1/users/{id}/unlock': system('administer the system'),
  'POST /api/v1/users/{id}/send-reset': system('administer the system'),
  'PUT /api/v1/users/{id}/system-roles': system('administer the system'),

  'GET /api/v1/operations/projections': system('operate'),
  ...Object.fromEntries(
    ['drop', 'pause', 'rebuild', 'resume', 'rollback', 'switch', 'verify'].map((operation) => [
      `POST /api/v1/operations/projections/{name}/${operation}`,
      system('operate'),
    ]),
  ),
  'GET /api/v1/operations/dead-letters': system('operate'),
  'POST /api/v1/operations/dead-letters/{id}/retry': system('operate'),
  'POST /api/v1/operations/dead-letters/{id}/skip': system('operate'),
  'GET /api/v1/operations/requests': system('operate'),
  'GET /api/v1/operations/requests/{id}': system('operate'),
};
