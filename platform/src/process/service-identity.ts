import { ConfigurationProblem } from '../config/load-config.ts';
import { type ServiceRole, serviceUrl } from '../database/roles.ts';
import { loadMasterKey, type MasterKey, masterKeyFile, readMasterKeyFile } from '../event-log/master-key.ts';

/** The master key that the configuration names; a service never makes one. Throws `ConfigurationProblem`. */
export const masterKeyOf = async (config: {
  readonly IMS_HOME: string;
  readonly IMS_MASTER_KEY_FILE?: string | undefined;
}): Promise<MasterKey> => {
  const { IMS_HOME, IMS_MASTER_KEY_FILE: file } = config;
  const masterKey = await (file ? readMasterKeyFile(file) : loadMasterKey(IMS_HOME));
  if (masterKey) return masterKey;
  throw new ConfigurationProblem(
    `There is no master key at ${file ?? masterKeyFile(IMS_HOME)}: run \`npm run migrate\` once, or name its file by IMS_MASTER_KEY_FILE.`,
  );
};

/**
 * PostgreSQL as the service's role: the address that was given (without a password: with the one that follows from the
 * master key), or the owner's with the role in the owner's place.
 */
export const databaseUrlOf = (
  config: { readonly DATABASE_URL?: string | undefined; readonly SERVICE_DATABASE_URL?: string | undefined },
  role: ServiceRole,
  masterKey: MasterKey,
): string => {
  const { DATABASE_URL, SERVICE_DATABASE_URL } = config;
  if (SERVICE_DATABASE_URL && new URL(SERVICE_DATABASE_URL).password !== '') return SERVICE_DATABASE_URL;
  if (SERVICE_DATABASE_URL) return serviceUrl(SERVICE_DATABASE_URL, role, masterKey.bytes);
  if (DATABASE_URL) return serviceUrl(DATABASE_URL, role, masterKey.bytes);
  throw new ConfigurationProblem('DATABASE_URL or SERVICE_DATABASE_URL must be set.');
};
