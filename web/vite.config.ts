import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const server = 'http://localhost:3000';
const compressible = /\.(?:js|css|svg)$/;

/** Lays a .br and a .gz beside every asset, so that no server compresses the same bytes twice. */
const compressed = (): Plugin => ({
  name: 'ims-compressed',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    const files = Object.keys(bundle).filter((name) => compressible.test(name));
    await Promise.all(
      files.map(async (name) => {
        const path = join(dir, name);
        const content = await readFile(path);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params }));
        await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
      }),
    );
  },
});

export default defineConfig({
  plugins: [react(), compressed()],
  server: { port: 5173, proxy: { '/api': server, '/.well-known': server } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      treeshake: {
        // Making a schema has no effect but the schema: where only a contract's data is used, zod stays out (15 kB).
        manualPureFunctions: ['z'],
      },
    },
  },
});
