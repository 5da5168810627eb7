import type { Decision } from '@ims/command-api/command-handling/decider';
import type { CommandContext, Outcome } from '@ims/command-api/command-handling/handle-command';
import { withReservedNames } from '@ims/command-api/command-handling/reserve-names';
import type { Commands } from '@ims/command-api/commands';
import { changeStatus, createInteraction, deleteInteraction } from '@ims/command-api/interactions/decide';
import { type Interaction, interactionEvolution } from '@ims/command-api/interactions/interaction';
import { createSite, grantRole } from '@ims/command-api/sites/decide';
import { siteEvolution } from '@ims/command-api/sites/site';
import { grantSystemRole, systemEvolution } from '@ims/command-api/system/system';
import { isRefusal } from '@ims/contracts/error-codes';
import { interactionStream, siteStream, systemStream } from '@ims/contracts/ids';
import type { InteractionEvent } from '@ims/contracts/interactions/events';
import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import { commandIdFor, newRecordId } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { demoInteractions, demoPassword, demoPeople, demoSites } from './demo-organization.ts';
import { generateInteractions, type MadeUpInteraction } from './generate-interactions.ts';

/** Asks for what comes before there are people; nobody signs in as it. */
const founder = '00000000-0000-8000-8000-0000000000de';
const atOnce = 50;
/** A few records stand in the bin, so that it can be tried. */
const binnedEvery = 97;

/** The ids of what the demonstration creates follow from their keys, so that a start which was cut off goes on. */
const keyOf = {
  person: (username: string) => `demo-user-${username}`,
  site: (name: string) => `demo-site-${name}`,
  interaction: (number: number) => `demo-interaction-${number}`,
};

/** True when the log holds the demonstration, or a part of it: people whose password everybody knows. */
export const demoIsThere = async (log: EventLog): Promise<boolean> =>
  (await log.readStream(siteStream(demoSiteId(demoSites[0].name)))).length > 0;

/** True when there is a demonstration to create: the log is empty, or a first start stopped halfway. */
export const demoIsMissing = async (log: EventLog): Promise<boolean> => {
  if ((await log.headPosition()) === 0n) return true;
  if (!(await demoIsThere(log))) return false;
  const last = await log.readStream(interactionStream(interactionId(demoInteractions - 1)));
  return last.length === 0;
};

export const demoSiteId = (name: string): string => newRecordId(commandIdFor(founder, keyOf.site(name)), 'site');
const interactionId = (number: number): string =>
  newRecordId(commandIdFor(founder, keyOf.interaction(number)), 'interaction');

/** The demonstration's sites and people, without a record yet. */
export const seedOrganization = async (commands: Commands): Promise<void> => {
  for (const { name, description } of demoSites) await openSite(commands, name, description);
  for (const person of demoPeople) await admit(commands, person);
};

/** Creates the demonstration organization through the commands that people use. */
export const seedDemo = async (
  commands: Commands,
  { today, tzData, advance }: { today: string; tzData: string; advance: (done: number, total: number) => void },
): Promise<void> => {
  await seedOrganization(commands);
  let done = 0;
  const made = [...generateDemo(today)];
  for (let at = 0; at < made.length; at += atOnce) {
    const batch = made.slice(at, at + atOnce);
    await Promise.all(batch.map((interaction, index) => record(commands, at + index, interaction, tzData)));
    done += batch.length;
    advance(done, made.length);
  }
};

function* generateDemo(today: string) {
  for (const [seed, { name, timezone, share }] of demoSites.entries()) {
    const count = Math.round(demoInteractions * share);
    for (const interaction of generateInteractions({ seed, count, today, timezone })) yield { site: name, interaction };
  }
}

const contextOf = (
  { contexts }: Commands,
  key: string,
  place: { siteId?: string; actorId?: string } = {},
): CommandContext => ({
  ...contexts.identify(founder, key, [key]),
  ...place,
  correlationId: key,
  signal: AbortSignal.timeout(30_000),
});

const accepted = <State>(outcome: Outcome<State>): void => {
  if (isRefusal(outcome)) throw new Error(`The demonstration could not be created: ${outcome.message}`);
};

const openSite = async (commands: Commands, name: string, description: string): Promise<void> => {
  const { handle, reservations } = commands;
  const id = demoSiteId(name);
  const command = contextOf(commands, keyOf.site(name), { siteId: id });
  const stream = siteStream(id);
  accepted(
    await withReservedNames(
      reservations,
      { names: [{ kind: 'site-name', name }], holder: { stream, ...command } },
      () =>
        handle(
          {
            stream,
            evolution: siteEvolution,
            decide: (site) => createSite(site, { name, description, creatorId: personId('admin') }),
          },
          command,
        ),
    ),
  );
};

const personId = (username: string): string => newRecordId(commandIdFor(founder, keyOf.person(username)), 'user');

const admit = async (commands: Commands, person: (typeof demoPeople)[number]): Promise<void> => {
  const { username, displayName, systemRoles, siteRoles } = person;
  const { outcome } = await commands.registerUser(
    {
      username,
      displayName,
      email: `${username}@demo.example`,
      timezone: 'Europe/Brussels',
      password: demoPassword,
    },
    contextOf(commands, keyOf.person(username)),
  );
  accepted(outcome);
  const userId = personId(username);
  for (const role of systemRoles) {
    const decide = (state: Parameters<typeof grantSystemRole>[0]) => grantSystemRole(state, { userId, role });
    const command = { stream: systemStream, evolution: systemEvolution, decide };
    accepted(await commands.handle(command, contextOf(commands, `demo-system-${username}-${role}`)));
  }
  for (const [index, role] of siteRoles.entries()) {
    const site = demoSites[index];
    if (!site) continue;
    const id = demoSiteId(site.name);
    const decide = (state: Parameters<typeof grantRole>[0]) => grantRole(state, { userId, role });
    const command = { stream: siteStream(id), evolution: siteEvolution, decide };
    accepted(await commands.handle(command, contextOf(commands, `demo-role-${username}-${index}`, { siteId: id })));
  }
};

const record = async (
  commands: Commands,
  number: number,
  { site, interaction }: { site: string; interaction: MadeUpInteraction },
  tzData: string,
): Promise<void> => {
  const { status: wanted, ...fields } = interaction;
  const stream = interactionStream(interactionId(number));
  const place = {
    siteId: demoSiteId(site),
    actorId: personId(number % 3 === 0 || site === 'Helsinki' ? 'admin' : 'editor'),
  };
  const carryOut = async (key: string, decide: (state: Interaction) => Decision<InteractionEvent>): Promise<void> =>
    accepted(
      await commands.handle({ stream, evolution: interactionEvolution, decide }, contextOf(commands, key, place)),
    );

  const status = wanted === 'draft' || wanted === 'incomplete' ? 'draft' : 'complete';
  const surroundings = { interactionTypes: defaultInteractionTypes, tzData };
  await carryOut(keyOf.interaction(number), (state) => createInteraction(state, { fields, status, ...surroundings }));
  if (wanted !== status) {
    await carryOut(`demo-status-${number}`, (state) => changeStatus(state, { status: wanted }));
  }
  if (number % binnedEvery === 0) await carryOut(`demo-delete-${number}`, deleteInteraction);
};
