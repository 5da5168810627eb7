import type { z } from 'zod';
import * as interactions from './interactions/events.ts';
import * as operations from './operations/events.ts';
import * as security from './security/events.ts';
import * as sites from './sites/events.ts';
import * as system from './system/events.ts';
import * as users from './users/events.ts';

/**
 * Everything that can happen. Per event type: the schema of its data in its current version, that version,
 * and the fields that are stored sealed under the key of the event's subject (its stream).
 */
type EventDefinition = {
  readonly schema: z.ZodObject;
  readonly version: number;
  readonly sealed: readonly string[];
};

const interaction = (schema: z.ZodObject): EventDefinition => ({
  schema,
  version: 1,
  sealed: interactions.sealedInteractionFields.filter((field) => field in schema.shape),
});
const user = (schema: z.ZodObject): EventDefinition => ({
  schema,
  version: 1,
  sealed: users.sealedUserFields.filter((field) => field in schema.shape),
});
const securityEvent = (schema: z.ZodObject): EventDefinition => ({
  schema,
  version: 1,
  sealed: security.sealedSecurityFields.filter((field) => field in schema.shape),
});
const open = (schema: z.ZodObject): EventDefinition => ({ schema, version: 1, sealed: [] });

export type DomainEvent =
  | interactions.InteractionEvent
  | operations.OperationsEvent
  | security.SecurityEvent
  | sites.SiteEvent
  | system.SystemEvent
  | users.UserEvent;
export type EventType = DomainEvent['type'];

export const eventCatalogue: Readonly<Record<EventType, EventDefinition>> = {
  InteractionCreated: interaction(interactions.InteractionCreated),
  InteractionUpdated: interaction(interactions.InteractionUpdated),
  InteractionStatusChanged: interaction(interactions.InteractionStatusChanged),
  InteractionDeleted: interaction(interactions.InteractionDeleted),
  InteractionRestored: interaction(interactions.InteractionRestored),
  InteractionPurged: interaction(interactions.InteractionPurged),
  SignInSucceeded: securityEvent(security.SignInSucceeded),
  SignInFailed: securityEvent(security.SignInFailed),
  AccountLocked: securityEvent(security.AccountLocked),
  AccountUnlocked: securityEvent(security.AccountUnlocked),
  PasswordResetSent: securityEvent(security.PasswordResetSent),
  SessionRevoked: securityEvent(security.SessionRevoked),
  AccessDenied: securityEvent(security.AccessDenied),
  SiteCreated: open(sites.SiteCreated),
  SiteUpdated: open(sites.SiteUpdated),
  SiteSettingsChanged: open(sites.SiteSettingsChanged),
  SiteInteractionTypesChanged: open(sites.SiteInteractionTypesChanged),
  SiteDeactivated: open(sites.SiteDeactivated),
  SiteReactivated: open(sites.SiteReactivated),
  SiteMemberRoleGranted: open(sites.SiteMemberRoleGranted),
  SiteMemberRoleRevoked: open(sites.SiteMemberRoleRevoked),
  SiteMemberInvited: open(sites.SiteMemberInvited),
  UserRegistered: user(users.UserRegistered),
  UserUpdated: user(users.UserUpdated),
  UserDeactivated: user(users.UserDeactivated),
  UserReactivated: user(users.UserReactivated),
  UserDefaultSiteChosen: user(users.UserDefaultSiteChosen),
  UserPasswordChanged: user(users.UserPasswordChanged),
  UserInvited: user(users.UserInvited),
  UserInvitationWithdrawn: user(users.UserInvitationWithdrawn),
  UserExternalIdentityLinked: user(users.UserExternalIdentityLinked),
  SystemRoleGranted: open(system.SystemRoleGranted),
  SystemRoleRevoked: open(system.SystemRoleRevoked),
  OperationRequested: open(operations.OperationRequested),
};
