// No server: one span outside any request, an exit code of its own, and nothing left to do.
import { request } from 'node:http';

request({ host: '127.0.0.1', port: 9, path: '/' })
  .on('error', () => {})
  .end();
process.exitCode = 3;
console.log('done');
