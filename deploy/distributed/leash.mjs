// Runs a program that knows nothing of us and ends it when our parent is gone, however it went.
// Plain JavaScript: it is there in a moment.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });

// Told only when it matters: what the program said before it ended by itself.
let lastWords = '';
for (const output of [child.stdout, child.stderr]) {
  output.on('data', (text) => {
    lastWords = (lastWords + text).slice(-2_000);
  });
}

let isAsked = false;
const end = () => {
  isAsked = true;
  child.kill('SIGTERM');
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.stdin.on('error', () => undefined);
process.stdin.once('close', end);
process.stdin.resume();
process.once('exit', () => child.kill('SIGKILL'));

child.once('error', (error) => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(1);
});
child.once('close', (code) => {
  if (!isAsked) process.stderr.write(lastWords);
  process.exit(code ?? 1);
});
