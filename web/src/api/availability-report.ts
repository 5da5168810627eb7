import { z } from 'zod';

const Report = z.object({
  details: z.object({
    db: z.string().optional(),
    storage: z.string().optional(),
    /** Told by the gateway of services that run apart. */
    'command-api': z.object({ processes: z.array(z.string()) }).optional(),
  }),
});

/**
 * Whether a health report says that something can be saved. The word of the command APIs themselves counts most: the
 * report of a query API is not DOWN while it can read, and theirs is DOWN as soon as log or database is away.
 */
export const saysCanSave = (report: unknown): boolean => {
  const { success, data } = Report.safeParse(report);
  if (!success) return false;
  const { db, storage, 'command-api': commands } = data.details;
  if (commands) return commands.processes.some((status) => status === 'UP' || status === 'DEGRADED');
  return db === 'UP' && storage === 'UP';
};
