// Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`IMS needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`);
  process.exit(1);
}

const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
