import { describe, expect, it } from 'vitest';
import { addType, moveType, renameType, retireType } from './type-list.ts';

const offered = ['Meeting', 'Call', 'Visit'];

describe('the types a site offers', () => {
  it('get a new one at the end', () => {
    expect(addType(' Site visit ')(offered)).toEqual({ types: [...offered, 'Site visit'] });
  });

  it('never have the same name twice, however it is written', () => {
    expect(addType('CALL')(offered)).toEqual({ problem: '“Call” is offered already' });
    expect(renameType('Visit', 'meeting')(offered)).toEqual({ problem: '“Meeting” is offered already' });
  });

  it('keep the place of one that is renamed, also where only its case changes', () => {
    expect(renameType('Call', 'Phone call')(offered)).toEqual({ types: ['Meeting', 'Phone call', 'Visit'] });
    expect(renameType('Call', 'CALL')(offered)).toEqual({ types: ['Meeting', 'CALL', 'Visit'] });
  });

  it('change places one step at a time, and not beyond the ends', () => {
    expect(moveType('Call', -1)(offered)).toEqual({ types: ['Call', 'Meeting', 'Visit'] });
    expect(moveType('Call', 1)(offered)).toEqual({ types: ['Meeting', 'Visit', 'Call'] });
    expect(moveType('Visit', 1)(offered)).toEqual({ types: offered });
  });

  it('are at least one', () => {
    expect(retireType('Call')(offered)).toEqual({ types: ['Meeting', 'Visit'] });
    expect(retireType('Call')(['Call'])).toHaveProperty('problem');
  });

  it('say when a colleague has retired what is to be changed', () => {
    expect(renameType('Lunch', 'Dinner')(offered)).toEqual({ problem: '“Lunch” is not offered any more' });
  });
});
