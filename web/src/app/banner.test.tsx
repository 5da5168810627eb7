import { act, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { ApiError, connectionLost } from '#api/api-error.ts';
import { availability } from '#api/browser-availability.ts';
import { givenServer, renderInSite } from '../testing/render-in-site.tsx';
import { Banner } from './banner.tsx';

const noLog = new ApiError({ status: 503, code: 'SERVICE_UNAVAILABLE', message: 'No' });
const later = { timeout: 4_000 };

describe('the banner', () => {
  it('says that saving is not possible, and goes when the server is healthy again', async () => {
    const log = { storage: 'DEGRADED' };
    givenServer(({ path }) => {
      if (path.endsWith('/jwks.json')) return { body: { keys: [] } };
      return path.endsWith('/health') ? { body: { status: 'DEGRADED', details: { db: 'UP', ...log } } } : undefined;
    });
    renderInSite(<Banner />);
    act(() => availability.commandFailed(noLog));
    await screen.findByText('Saving is not possible right now; what you typed is kept.', {}, later);
    log.storage = 'UP';
    act(() => void dispatchEvent(new Event('online')));
    await vi.waitFor(() => expect(screen.queryByText(/not possible/)).toBeNull(), later);
  });

  it('says that there is no connection', async () => {
    givenServer();
    renderInSite(<Banner />);
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    act(() => void dispatchEvent(new Event('offline')));
    await screen.findByText(/^No connection to the server\./, {}, later);
    vi.restoreAllMocks();
    act(() => {
      availability.readFailed(connectionLost(undefined));
      availability.saved();
    });
  });
});
