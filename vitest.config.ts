import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from './deploy/test-report/closing-line.ts';

/** Without modules loaded anew for each file, which takes longer than most of these tests; on all processors. */
const shared = { isolate: false, maxWorkers: '100%' };

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{contracts,platform,command-api,query-api,projector,web,deploy}/**/*.test.ts'],
          exclude: ['**/*.int.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
          ...shared,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'web',
          include: ['web/src/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: 20_000,
          setupFiles: ['web/src/testing/setup.ts'],
          ...shared,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{platform,command-api,query-api,projector,deploy}/**/*.int.test.ts'],
          globalSetup: ['platform/src/testing/database-server.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          isolate: false,
          // Half of their time they wait for leases, servers and processes.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['web/e2e/**/*.spec.ts'],
          exclude: process.env.IMS_JOURNEYS === 'distributed' ? [] : ['web/e2e/one-process-dies.spec.ts'],
          globalSetup: ['web/e2e/server.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
