/** Whole addresses of the web app for mails. Tokens stand in the fragment, so that they reach no server's log. */
export type PublicLinks = {
  readonly home: string;
  resetPassword(token: string): string;
  invitation(token: string): string;
};

/** `publicUrl`: where people's browsers find IMS, e.g. `https://ims.example.org`; a path in it is kept. */
export const publicLinks = (publicUrl: string): PublicLinks => {
  const { origin, pathname } = new URL(publicUrl);
  const base = `${origin}${pathname.replace(/\/+$/, '')}`;
  return {
    home: `${base}/`,
    resetPassword: (token) => `${base}/reset-password#token=${encodeURIComponent(token)}`,
    invitation: (token) => `${base}/invitation#token=${encodeURIComponent(token)}`,
  };
};
