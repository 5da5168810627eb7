import * as oidc from 'openid-client';
import { createCookieJar } from './cookie-jar.ts';
import type { Client, RunningIssuer } from './oidc-issuer.ts';

/** Access token for the API, the ID token beside it, and an access token that is for the issuer itself. */
export type CodeFlowTokens = { readonly accessToken: string; readonly idToken: string; readonly opaqueToken: string };

/** Signs in at the issuer as an application of somebody else would, and takes what it gives. */
export const codeFlowTokens = async (
  { issuer, audience }: Pick<RunningIssuer, 'issuer' | 'audience'>,
  { id, secret, redirectUris: [redirectUri = ''] }: Client,
): Promise<CodeFlowTokens> => {
  const config = await oidc.discovery(new URL(issuer), id, {}, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
  const tokensFor = async (resource: Readonly<Record<string, string>>) => {
    const codeVerifier = oidc.randomPKCECodeVerifier();
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...resource,
    });
    const back = await followUntil(address.href, redirectUri);
    return oidc.authorizationCodeGrant(config, new URL(back), { pkceCodeVerifier: codeVerifier }, resource);
  };
  const forApi = await tokensFor({ resource: audience });
  const forIssuer = await tokensFor({});
  return { accessToken: forApi.access_token, idToken: forApi.id_token ?? '', opaqueToken: forIssuer.access_token };
};

/** Where a browser ends up that begins at the one address and stops before the other. */
export const followUntil = async (address: string, until: string, jar = createCookieJar()): Promise<string> => {
  let at = address;
  for (let hops = 0; hops < 10; hops += 1) {
    const location = (await jar.get(at)).headers.get('location');
    if (location === null) throw new Error(`${at} leads nowhere`);
    at = new URL(location, at).href;
    if (at.startsWith(until)) return at;
  }
  throw new Error(`${address} leads in circles`);
};
