import { expectedSchema } from '@ims/platform/process/expected-schema';
import { expect, it } from 'vitest';
import { allMigrations } from './database.ts';

it('services expect exactly the schema that is migrated to (else: add the name to platform/src/process/expected-schema.ts)', () => {
  expect(expectedSchema.map(({ name }) => name)).toEqual(allMigrations.map(({ name }) => name));
});
