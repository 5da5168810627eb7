import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type ServerProgram, startServer } from './server-process.ts';

/** Answers with the folder it works in. */
const script = `require('node:http').createServer((_, answer) => answer.end(process.cwd()))
  .listen(process.env.PORT, '127.0.0.1')`;
const program: ServerProgram = {
  command: process.execPath,
  args: () => ['-e', script],
  url: (port) => `http://127.0.0.1:${port}`,
  answers: async (port) => (await fetch(`http://127.0.0.1:${port}`)).ok,
};
const folderOf = async (url: string): Promise<string> => (await fetch(url)).text();

/** A process that starts the server and is killed then. */
const startAndDie = async (): Promise<{ readonly url: string; readonly folder: string }> => {
  const module = new URL('./server-process.ts', import.meta.url).href;
  const starter = `import { startServer } from ${JSON.stringify(module)};
    const { url } = await startServer({
      command: process.execPath,
      args: () => ['-e', ${JSON.stringify(script)}],
      url: (port) => 'http://127.0.0.1:' + port,
      answers: async (port) => (await fetch('http://127.0.0.1:' + port)).ok,
    });
    process.stdout.write(url);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', starter];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  const url = String(said);
  const folder = await folderOf(url);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { url, folder };
};

it('a server whose tests were killed is ended at the next start, and its folder removed', async () => {
  const left = await startAndDie();
  expect(await folderOf(left.url)).toBe(left.folder);
  const [one, other] = [await startServer(program), await startServer(program)];
  await expect.poll(() => folderOf(left.url).catch(() => 'gone')).toBe('gone');
  expect(existsSync(left.folder)).toBe(false);
  const mine = await folderOf(one.url);
  await Promise.all([one.close(), other.close()]);
  expect(existsSync(mine)).toBe(false);
});
