import { isAllowed } from '@ims/contracts/permissions';
import { type Site, SiteList, SiteSaved } from '@ims/contracts/sites/api';
import { ImportProblem } from './import-problem.ts';
import type { ImsClient } from './ims-client.ts';

/** How a site's name is compared: the server keeps names unique without regard to case. */
export const siteKey = (name: string): string => name.trim().toLowerCase();

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

const ownSites = async (client: ImsClient): Promise<readonly Site[]> => {
  const answer = await client.send({ method: 'GET', path: '/sites' }, SiteList);
  if (answer.refused) throw new ImportProblem(`The sites cannot be read: ${answer.refused.message}.`);
  return answer.body.sites;
};

const createSite = async (client: ImsClient, name: string): Promise<Site> => {
  const answer = await client.send({ method: 'POST', path: '/sites', body: { name } }, SiteSaved);
  if (!answer.refused) return answer.body.site;
  if (answer.refused.status === 409) {
    throw new ImportProblem(`The site "${name}" exists, but you have no role on it.`);
  }
  throw new ImportProblem(`The site "${name}" cannot be created: ${answer.refused.message}.`);
};

/**
 * The ids of the named sites, by `siteKey`. Missing ones are created when that is wanted; nothing is created when the
 * caller may not add records to one of the others.
 */
export const chooseSites = async (
  client: ImsClient,
  names: readonly string[],
  isCreating: boolean,
): Promise<ReadonlyMap<string, string>> => {
  const sites = new Map((await ownSites(client)).map((site) => [siteKey(site.name), site]));
  const forbidden = names.filter((name) => {
    const site = sites.get(siteKey(name));
    return site && !isAllowed('interaction.create', { siteRole: site.role ?? undefined, systemRoles: [] });
  });
  if (forbidden.length > 0) throw new ImportProblem(`You may not add records on these sites: ${quoted(forbidden)}.`);
  const missing = names.filter((name) => !sites.has(siteKey(name)));
  if (missing.length > 0 && !isCreating) {
    throw new ImportProblem(
      `You have no role on these sites, or they do not exist: ${quoted(missing)}. To create them add --create-sites.`,
    );
  }
  for (const name of missing) sites.set(siteKey(name), await createSite(client, name));
  return new Map([...sites].map(([key, site]) => [key, site.id]));
};
