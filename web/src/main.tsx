import '@fontsource-variable/inter/index.css';
import './app/base.css';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from './api/query-client.ts';
import { Providers } from './app/providers.tsx';
import { createRouter } from './app/router.tsx';
import { followViewerZone } from './app/viewer-zone.ts';
import { markScreen } from './ui/screen.ts';

markScreen();
followViewerZone();
// zod compiles its checks with eval where it can, and trying is a breach of the page's security policy already.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <Providers queries={createQueryClient()}>
    <RouterProvider router={createRouter()} />
  </Providers>,
);
