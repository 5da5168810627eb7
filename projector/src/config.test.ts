import { expect, it } from 'vitest';
import { loadProjectorConfig } from './config.ts';

const role = 'postgres://ims_projector@db/ims';
const owner = 'postgres://ims:secret@db/ims';

it('says why it needs the owner’s address, before it would leave every request of an operator lying', () => {
  expect(() => loadProjectorConfig({ SERVICE_DATABASE_URL: role })).toThrow(
    /DATABASE_URL: must be set.*rebuild.*owner/,
  );
  const both = loadProjectorConfig({ SERVICE_DATABASE_URL: role, DATABASE_URL: owner });
  expect(both).toMatchObject({ SERVICE_DATABASE_URL: role, DATABASE_URL: owner });
});
