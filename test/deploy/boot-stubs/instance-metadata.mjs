// The instance metadata service, version 2 only, from the files below /metadata: a test may change them at any time.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const TOKEN = 'session-token';
const PATH = /^\/latest\/meta-data\/([a-z-]+(?:\/[a-z-]+)*)$/;

function answer({ method, url, headers }) {
  if (url === '/latest/api/token') {
    if (method !== 'PUT') return [405];
    return headers['x-aws-ec2-metadata-token-ttl-seconds'] ? [200, TOKEN] : [400];
  }
  if (headers['x-aws-ec2-metadata-token'] !== TOKEN) return [401];
  const path = PATH.exec(url)?.[1];
  try {
    return path ? [200, readFileSync(`/metadata/${path}`)] : [404];
  } catch {
    return [404];
  }
}

createServer((request, response) => {
  const [status, body] = answer(request);
  response.writeHead(status, { connection: 'close' }).end(body);
}).listen(80, '169.254.169.254', () => process.stdout.write('ready\n'));
