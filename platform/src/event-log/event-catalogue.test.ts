import { eventCatalogue } from '@ims/contracts/event-catalogue';
import { expect, it } from 'vitest';

it('no event has a field of the name under which sealed content is stored', () => {
  const taken = Object.entries(eventCatalogue).filter(([, { schema }]) => 'sealed' in schema.shape);

  expect(taken.map(([type]) => type)).toEqual([]);
});

it('every sealed field is a field of its event', () => {
  const strangers = Object.entries(eventCatalogue).flatMap(([type, { schema, sealed }]) =>
    sealed.filter((field) => !(field in schema.shape)).map((field) => `${type}.${field}`),
  );

  expect(strangers).toEqual([]);
});
