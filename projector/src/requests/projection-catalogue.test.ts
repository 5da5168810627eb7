import { projectionCatalogue } from '@ims/contracts/operations/projections';
import { expect, it } from 'vitest';
import { projections } from '../projections.ts';

it('lets operators name every projection, and by site those whose every row has one', () => {
  const real = projections.map(({ name, tables }) => [
    name,
    { bySite: tables.every(({ key }) => key.some((column) => column === 'site_id')) && name !== 'access' },
  ]);
  expect(projectionCatalogue).toEqual(Object.fromEntries(real));
});
