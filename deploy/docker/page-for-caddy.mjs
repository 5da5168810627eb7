// Makes the built page a template of Caddy: every answer gets the nonce that its content security policy names.
import { readFile, writeFile } from 'node:fs/promises';

const [file = ''] = process.argv.slice(2);
const html = await readFile(file, 'utf8');
if (!html.includes('<head>')) throw new Error(`${file} has no <head>.`);
const marks = [
  '<meta name="ims-style-nonce" content="{{placeholder "http.request.uuid"}}" />',
  '{{if eq (env "IMS_DEMO") "on"}}<meta name="ims-demo" content="on" />{{end}}',
];
await writeFile(file, html.replace('<head>', `<head>${marks.join('')}`));
