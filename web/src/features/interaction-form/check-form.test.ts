import { describe, expect, it } from 'vitest';
import { givenInteraction } from '../../testing/given.ts';
import { checkForm, errorsFrom } from './check-form.ts';
import { changedFields, fieldsOf, keepDuration, newValues, valuesOf } from './form-values.ts';

const complete = valuesOf(givenInteraction());
const fresh = newValues('Europe/Brussels', Date.parse('2026-03-03T13:07:00Z'));

describe('the form', () => {
  it('has nothing against a complete record', () => {
    expect(checkForm(complete, false)).toEqual({});
  });

  it('begins at the next half hour and lasts an hour', () => {
    expect(fieldsOf(fresh)).toMatchObject({ startDateTime: '2026-03-03T14:30', endDateTime: '2026-03-03T15:30' });
  });

  it('names every field that is missing', () => {
    const empty = { ...fresh, startDate: '', startTime: '', endDate: '', endTime: '' };
    expect(checkForm(empty, false)).toEqual({
      title: 'Title is required',
      type: 'Type is required',
      lead: 'Lead is required',
      startDate: 'Start is required',
      endDate: 'End is required',
    });
  });

  it('lets a draft miss fields, but not half a moment', () => {
    const empty = { ...fresh, startDate: '', startTime: '', endDate: '', endTime: '' };
    expect(checkForm(empty, true)).toEqual({});
    expect(checkForm({ ...empty, startDate: '2026-03-03' }, true)).toEqual({ startTime: 'Start time is required' });
  });

  it('says what to change when the end is not after the start', () => {
    expect(checkForm({ ...complete, endTime: '14:30' }, false)).toEqual({ endTime: 'End must be after 14:30' });
  });

  it('says how to write a day or time it cannot read', () => {
    expect(checkForm({ ...complete, startDate: 'soonish', endTime: 'late' }, false)).toEqual({
      startDate: 'Write the day like 3 Mar 2026',
      endTime: 'Write the time like 14:30',
    });
  });

  it('refuses a title of 256 characters', () => {
    expect(checkForm({ ...complete, title: 'x'.repeat(256) }, false)).toEqual({
      title: 'Title must have at most 255 characters',
    });
  });

  it('puts what the server says about a time beside the time', () => {
    const gap = '2026-03-29T02:30 does not exist in Europe/Brussels';
    expect(
      errorsFrom(
        [
          { field: 'startDateTime', message: gap },
          { field: 'siteId', message: 'Unknown' },
        ],
        complete,
      ),
    ).toEqual({
      errors: { startTime: 'Sun 29 Mar 2026, 02:30 does not exist in Europe/Brussels' },
      rest: ['Unknown'],
    });
  });

  it('moves the end along with the start', () => {
    expect(keepDuration(complete, { startDate: '2026-03-04', startTime: '23:45' })).toEqual({
      endDate: '2026-03-05',
      endTime: '00:15',
    });
  });

  it('sends only what was changed', () => {
    expect(changedFields(complete, { ...complete, title: 'Other', endTime: '16:00' })).toEqual({
      title: 'Other',
      endDateTime: '2026-03-03T16:00',
    });
  });
});
