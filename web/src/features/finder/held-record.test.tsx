import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { givenInteraction } from '../../testing/given.ts';
import { renderInSite } from '../../testing/render-in-site.tsx';
import { InteractionFacts } from '../interaction-view/interaction-facts.tsx';
import { InteractionRows } from './interaction-list.tsx';

const sentence = 'Later changes of this record wait for an operator.';

describe('a record that waits for an operator', () => {
  it('is marked in the list, with what that means', () => {
    const rows = [givenInteraction({ held: true }), givenInteraction({ id: 'x', title: 'Other' })];
    renderInSite(<InteractionRows rows={rows} words={[]} href={(id) => `/${id}`} />);
    expect(screen.getAllByTitle(sentence)).toHaveLength(1);
    expect(screen.getByRole('link', { name: /Budget review.*Held/ })).toBeDefined();
  });

  it('says so in its panel', () => {
    renderInSite(<InteractionFacts record={givenInteraction({ held: true })} />);
    expect(screen.getByText(sentence, { exact: false })).toBeDefined();
  });
});
