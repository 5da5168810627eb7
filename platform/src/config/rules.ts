/** The variables that are set, as they were given. */
export type Given = Readonly<Record<string, string>>;

/** What must hold between variables: one sentence per problem, beginning with the variable's name. */
export type Rule = (given: Given) => readonly string[];

const addressOf: readonly (readonly [variable: string, engine: string, address: string])[] = [
  ['EVENT_LOG', 'eventstoredb', 'EVENTSTORE_URL'],
  ['MESSAGES', 'nats', 'NATS_URL'],
  ['CACHE', 'redis', 'REDIS_URL'],
];

/**
 * An address selects its engine: EVENT_LOG is eventstoredb where EVENTSTORE_URL is given, MESSAGES is nats where NATS_URL
 * is, CACHE is redis where REDIS_URL is; unless the variable itself is given. So every process and every command that
 * is started with the same addresses works on the same engines.
 */
export const withEnginesOfAddresses = (given: Given): Given => ({
  ...Object.fromEntries(
    addressOf.flatMap(([variable, engine, address]) => (given[address] ? [[variable, engine]] : [])),
  ),
  ...given,
});

/** An engine that is selected needs its address. */
export const enginesHaveAddresses: Rule = (given) =>
  addressOf.flatMap(([variable, engine, address]) =>
    given[variable] === engine && !given[address] ? [`${address}: must be set for ${variable}=${engine}`] : [],
  );

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Plain HTTP leaves this machine only towards a gateway that speaks TLS with everybody else. */
export const plainHttpStaysInside: Rule = ({ HOST = '127.0.0.1', BEHIND_TLS = 'off' }) =>
  loopback.has(HOST) || BEHIND_TLS === 'on'
    ? []
    : [
        'HOST: must be 127.0.0.1, ::1 or localhost, unless BEHIND_TLS=on says that only a gateway with TLS reaches this port',
      ];

/** Links in mails open accounts, so they lead to TLS unless they stay on this machine. */
export const publicUrlIsSafe: Rule = ({ IMS_PUBLIC_URL: url }) => {
  if (!url || !URL.canParse(url)) return [];
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || loopback.has(hostname.replace(/^\[|\]$/g, ''))
    ? []
    : ['IMS_PUBLIC_URL: must begin with https:// unless it is this machine'];
};

/** A mail server takes no mail from a sender that was made up. */
export const mailHasSender: Rule = ({ SMTP_URL, MAIL_FROM }) =>
  SMTP_URL && !MAIL_FROM ? ['MAIL_FROM: must be set for SMTP_URL, like IMS <ims@example.org>'] : [];

/** PostgreSQL is reached as the service's own role, or as the owner to derive that role's address from. */
export const databaseIsNamed: Rule = ({ DATABASE_URL, SERVICE_DATABASE_URL }) =>
  DATABASE_URL || SERVICE_DATABASE_URL
    ? []
    : ['DATABASE_URL: must be set (or SERVICE_DATABASE_URL, the address of this service’s own role)'];
