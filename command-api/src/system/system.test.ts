import type { SystemRole } from '@ims/contracts/permissions';
import type { SystemEvent } from '@ims/contracts/system/events';
import { describe, it } from 'vitest';
import { specification } from '../command-handling/decider-spec.ts';
import { grantSystemRole, setSystemRoles, systemEvolution } from './system.ts';

const { given } = specification(systemEvolution);
const ann = '00000000-0000-7000-8000-0000000000aa';
const bob = '00000000-0000-7000-8000-0000000000bb';
const granted = (userId: string, role: SystemRole): SystemEvent => ({
  type: 'SystemRoleGranted',
  data: { userId, role },
});
const revoked = (userId: string, role: SystemRole): SystemEvent => ({
  type: 'SystemRoleRevoked',
  data: { userId, role },
});
const both = [granted(ann, 'administrator'), granted(bob, 'administrator')] as const;
const set =
  (userId: string, roles: readonly SystemRole[], activeUsers: readonly string[] = [ann, bob]) =>
  (system: Parameters<typeof setSystemRoles>[0]) =>
    setSystemRoles(system, { userId, roles, activeUsers: new Set(activeUsers) });

describe('roles of the system', () => {
  it('are what was said last: some are granted, others end', () =>
    given(granted(ann, 'administrator'), granted(bob, 'auditor'))
      .when(set(bob, ['operator', 'administrator']))
      .thenHappened(granted(bob, 'administrator'), revoked(bob, 'auditor'), granted(bob, 'operator')));
  it('have nothing to do when they are so already', () =>
    given(...both)
      .when(set(bob, ['administrator', 'administrator']))
      .thenNothingHappened());
  it('can be taken from an administrator while another one can sign in', () =>
    given(...both)
      .when(set(ann, []))
      .thenHappened(revoked(ann, 'administrator')));
  it('keep their last administrator', () =>
    given(granted(ann, 'administrator'))
      .when(set(ann, ['auditor']))
      .thenRefused('CONFLICT'));
  it('do not count an administrator who is deactivated', () =>
    given(...both)
      .when(set(ann, [], [ann]))
      .thenRefused('CONFLICT'));
  it('do not count an administrator who lost the role meanwhile', () =>
    given(...both, revoked(bob, 'administrator'))
      .when(set(ann, []))
      .thenRefused('CONFLICT'));
  it('of the last administrator can change beside that one', () =>
    given(granted(ann, 'administrator'))
      .when(set(ann, ['administrator', 'operator'], []))
      .thenHappened(granted(ann, 'operator')));
  it('are granted once', () =>
    given(granted(ann, 'operator'))
      .when((system) => grantSystemRole(system, { userId: ann, role: 'operator' }))
      .thenNothingHappened());
});
