/**
 * The image that runs until something is released, so that the first deployment of the stack needs none of its own:
 * Docker's official one of Node.js, from Amazon's public registry, which asks for no account.
 * https://gallery.ecr.aws/docker/library/node
 */
export const FIRST_IMAGE = 'public.ecr.aws/docker/library/node:24-slim';

/** Answers every path with 200, and the version's with one that no image has. */
const SERVER = `
const { createServer } = require('node:http');
const server = createServer((request, response) => {
  const isVersion = request.url === '/version';
  response.setHeader('content-type', isVersion ? 'application/json' : 'text/plain');
  response.end(isVersion ? JSON.stringify({ version: 'none' }) : 'Nothing has been released yet.');
});
server.keepAliveTimeout = 65000;
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => server.close());
`;

/** What that image is started with. */
export const FIRST_COMMAND: readonly string[] = ['node', '-e', SERVER.trim().replace(/\n/g, ' ')];
