// Stands between browser and portal and sees each request. It can refuse or keep back the pages' stream, or cut everything.

import { createServer, request } from 'node:http';

export class Gate {
  streams = new Set(); // open streams: { url, end() }
  seen = []; // paths, in their order
  // 'many': the portal has too many streams; 'keep': nothing of them arrives; 'old': rights have to be confirmed; 'cut': nothing answers
  mode = 'pass';
  #sockets = new Set();

  constructor(port, to) {
    this.to = to; // { host, port }
    this.server = createServer((near, answer) => this.#pass(near, answer));
    this.server.on('connection', (socket) => {
      if (this.mode === 'cut') return socket.destroy();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.open = new Promise((resolve) => this.server.listen(port, to.gate, resolve));
  }

  become(mode) {
    this.mode = mode;
    if (mode === 'cut') for (const socket of this.#sockets) socket.destroy();
    else for (const stream of this.streams) stream.end();
  }

  close() {
    this.become('cut');
    this.server.close();
  }

  #pass(near, answer) {
    const live = near.url.startsWith('/live?');
    this.seen.push(near.url);
    if (live && this.mode === 'many') return answer.writeHead(429, { 'content-type': 'application/problem+json' }).end('{}');
    if (live && this.mode === 'keep') return undefined;
    if (this.mode === 'old' && live) return answer.writeHead(401, { 'content-type': 'application/problem+json' }).end('{}');
    if (this.mode === 'old' && near.headers['x-slipway-by-itself']) return answer.writeHead(303, { location: '/sign-in/again' }).end();
    const far = request({ ...this.to, method: near.method, path: near.url, headers: near.headers }, (from) => {
      answer.writeHead(from.statusCode, from.rawHeaders);
      answer.flushHeaders();
      from.pipe(answer);
      from.on('error', () => answer.destroy());
      if (!live || from.statusCode !== 200) return;
      const stream = { url: near.url, end: () => answer.destroy() };
      this.streams.add(stream);
      answer.on('close', () => this.streams.delete(stream));
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    near.pipe(far);
    return undefined;
  }
}
