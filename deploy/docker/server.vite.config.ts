import { defineConfig } from 'vite';

/** One file per service, whatever the entry is called; stack traces keep their lines. */
export default defineConfig({
  build: {
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: { output: { entryFileNames: 'main.js' } },
  },
});
