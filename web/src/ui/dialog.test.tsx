import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { renderInSite } from '../testing/render-in-site.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

const Opener = () => {
  const [isOpen, open] = useState(false);
  return (
    <>
      <Button onClick={() => open(true)}>Ask</Button>
      {isOpen && (
        <Dialog
          title="Sure?"
          close={() => open(false)}
          actions={
            <Button data-autofocus onClick={() => open(false)}>
              Keep
            </Button>
          }
        />
      )}
    </>
  );
};

describe('a dialog', () => {
  it('takes the focus, and gives it back to what had it', async () => {
    renderInSite(<Opener />);
    await userEvent.click(screen.getByRole('button', { name: 'Ask' }));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep' }));
    await userEvent.keyboard('{Enter}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Ask' }));
  });
});
