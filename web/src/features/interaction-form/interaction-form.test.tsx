import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { givenInteraction } from '../../testing/given.ts';
import { givenServer, renderInSite } from '../../testing/render-in-site.tsx';
import { newValues, valuesOf } from './form-values.ts';
import { InteractionForm } from './interaction-form.tsx';

const record = givenInteraction();
const refusal = (code: string, details: { field: string; message: string }[] = []) => ({
  status: 'error',
  error: { code, message: 'Refused', details, requestId: 'r1' },
});
const saved = { success: true, interaction: { ...record, revision: 4 }, warnings: [] };

const showNewForm = () => {
  const onSaved = vi.fn();
  const initial = newValues('Europe/Brussels', Date.parse('2026-03-03T13:07:00Z'));
  renderInSite(<InteractionForm heading="New interaction" initial={initial} saved={onSaved} cancel={vi.fn()} />);
  return onSaved;
};
const showEditForm = () => {
  const onSaved = vi.fn();
  renderInSite(
    <InteractionForm
      heading="Edit interaction"
      record={record}
      initial={valuesOf(record)}
      saved={onSaved}
      cancel={vi.fn()}
    />,
  );
  return onSaved;
};
const title = (): HTMLInputElement => screen.getByRole('textbox', { name: 'Title' });
const save = (): Promise<void> => userEvent.click(screen.getByRole('button', { name: 'Save interaction' }));

describe('recording an interaction', () => {
  it('says beside each field what is missing, and sends nothing', async () => {
    const { commands } = givenServer();
    showNewForm();
    await save();
    await screen.findByText('Title is required');
    expect(screen.getByText('Type is required')).toBeDefined();
    expect(screen.getByText('Lead is required')).toBeDefined();
    expect(document.activeElement).toBe(title());
    expect(commands).toEqual([]);
  });

  it('keeps what was typed across a reload', async () => {
    givenServer();
    showNewForm();
    await userEvent.type(title(), 'Budget');
    cleanup();
    showNewForm();
    expect(title().value).toBe('Budget');
    await userEvent.click(screen.getByRole('button', { name: 'Discard it' }));
    expect(title().value).toBe('');
  });

  it('saves a draft without the missing fields', async () => {
    const { commands } = givenServer(({ method }) => (method === 'POST' ? { status: 201, body: saved } : undefined));
    const onSaved = showNewForm();
    await userEvent.type(title(), 'Budget');
    await userEvent.click(screen.getByRole('button', { name: 'Save as draft' }));
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(commands[0]?.body).toEqual({
      title: 'Budget',
      startDateTime: '2026-03-03T14:30',
      endDateTime: '2026-03-03T15:30',
      timezone: 'Europe/Brussels',
      status: 'draft',
    });
  });
});

describe('correcting an interaction', () => {
  it('sends only what was changed, on the revision that was read', async () => {
    const { commands } = givenServer(({ method }) => (method === 'PATCH' ? { body: saved } : undefined));
    const onSaved = showEditForm();
    await userEvent.type(title(), ', final');
    await save();
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(commands[0]).toMatchObject({ method: 'PATCH', body: { title: 'Budget review, final' } });
    expect(commands[0]?.headers.get('if-match')).toBe('"3"');
  });

  it('sends nothing when nothing was changed', async () => {
    const { commands } = givenServer();
    const onSaved = showEditForm();
    await save();
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(commands).toEqual([]);
  });

  it('shows beside the time what the server has against it', async () => {
    const gap = '2026-03-29T02:30 does not exist in Europe/Brussels';
    givenServer(({ method }) =>
      method === 'PATCH'
        ? { status: 400, body: refusal('VALIDATION_ERROR', [{ field: 'startDateTime', message: gap }]) }
        : undefined,
    );
    showEditForm();
    await userEvent.type(title(), '!');
    await save();
    await screen.findByText('Sun 29 Mar 2026, 02:30 does not exist in Europe/Brussels');
    expect(title().value).toBe('Budget review!');
  });

  it('repeats under the same key when no answer came', async () => {
    let isBroken = true;
    const { commands } = givenServer(({ method }) => {
      if (method !== 'PATCH') return undefined;
      return isBroken ? { status: 500, body: refusal('INTERNAL_ERROR') } : { body: saved };
    });
    const onSaved = showEditForm();
    await userEvent.type(title(), ', final');
    await save();
    const retry = await screen.findByRole('button', { name: 'Retry' });
    isBroken = false;
    await userEvent.click(retry);
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    const keys = commands.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys.length).toBe(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('shows field by field what somebody else saved meanwhile, and saves the choice on their revision', async () => {
    const theirs = {
      ...record,
      title: 'Budget review (moved)',
      revision: 7,
      updatedBy: { id: 'x', displayName: 'Ada' },
    };
    const { commands } = givenServer(({ method, headers }) => {
      if (method === 'GET') return undefined;
      return headers.get('if-match') === '"7"'
        ? { body: saved }
        : { status: 412, body: refusal('PRECONDITION_FAILED') };
    });
    const stubbed = globalThis.fetch;
    vi.stubGlobal('fetch', async (path: string, request: RequestInit = {}) =>
      !request.method && path.endsWith(record.id)
        ? new Response(JSON.stringify({ interaction: theirs }))
        : stubbed(path, request),
    );
    const onSaved = showEditForm();
    await userEvent.type(title(), ', final');
    await save();
    await screen.findByText('Ada changed this interaction too');
    expect(screen.getByText('Budget review, final')).toBeDefined();
    expect(screen.getByText('Budget review (moved)')).toBeDefined();
    const [, saveChoice] = screen.getAllByRole('button', { name: 'Save interaction' });
    if (saveChoice) await userEvent.click(saveChoice);
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(commands.at(-1)).toMatchObject({ method: 'PATCH', body: { title: 'Budget review, final' } });
  });
});
