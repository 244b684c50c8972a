const { createServer } = require('node:http');

const { HOST, PASSWORD, VERSION } = process.env;

if (VERSION === 'broken') process.exit(1);

const server = createServer((request, response) => {
  if (request.url === '/fall') process.exit(1);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ version: VERSION, address: HOST, password: PASSWORD }));
});
process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
server.listen(8080, HOST);
