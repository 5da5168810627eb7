/** Every address of the web app. The site stands in it, so links can be shared and two tabs can show two sites. */
export const paths = {
  home: '/',
  signIn: (asked?: string): string =>
    asked && asked !== '/' ? `/sign-in?to=${encodeURIComponent(asked)}` : '/sign-in',
  signOut: '/sign-out',
  chooseSite: '/choose-site',
  operations: '/operations',
  finder: (siteId: string): string => `/s/${siteId}`,
  newInteraction: (siteId: string): string => `/s/${siteId}/interactions/new`,
  interaction: (siteId: string, id: string): string => `/s/${siteId}/interactions/${id}`,
  editInteraction: (siteId: string, id: string): string => `/s/${siteId}/interactions/${id}/edit`,
  bin: (siteId: string): string => `/s/${siteId}/bin`,
};

/** The address that was asked for before signing in, when it is one of ours. */
export const askedAddress = (parameters: URLSearchParams): string => {
  const asked = parameters.get('to') ?? paths.home;
  return /^\/(?![/\\])/.test(asked) && !/^\/sign-(in|out)/.test(asked) ? asked : paths.home;
};
