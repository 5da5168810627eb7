import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Toasts } from '#ui/toasts.tsx';
import { styleNonce } from './page-settings.ts';
import { cssVariablesResolver, theme } from './theme.ts';

type ProvidersProps = { readonly queries: QueryClient; readonly children: ReactNode };

export const Providers = ({ queries, children }: ProvidersProps) => (
  <QueryClientProvider client={queries}>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      withStaticClasses={false}
      withGlobalClasses={false}
    >
      {children}
      <Toasts />
    </MantineProvider>
  </QueryClientProvider>
);
