import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { SystemRole } from '../permissions.ts';
import type { NewEvent } from '../recorded-event.ts';

export const SystemRoleGranted = z.strictObject({ userId: Uuid, role: SystemRole });
export const SystemRoleRevoked = z.strictObject({ userId: Uuid, role: SystemRole });

export type SystemEvent =
  | NewEvent<'SystemRoleGranted', z.infer<typeof SystemRoleGranted>>
  | NewEvent<'SystemRoleRevoked', z.infer<typeof SystemRoleRevoked>>;
