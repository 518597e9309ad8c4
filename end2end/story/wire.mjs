// The wire between the browser and the portal, which the story can cut: a relay on an address of its own. What a browser calls
// "offline" leaves open streams open; a cut wire does not.

import { connect, createServer } from 'node:net';

export class Wire {
  #ends = new Set();
  #server = null;

  constructor(from, to) {
    this.from = from; // { host, port }
    this.to = to;
  }

  mend() {
    this.#server = createServer((near) => {
      const far = connect(this.to);
      for (const [one, other] of [[near, far], [far, near]]) {
        this.#ends.add(one);
        one.setNoDelay(true);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#ends.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    return new Promise((resolve, reject) => this.#server.once('error', reject).listen(this.from.port, this.from.host, resolve));
  }

  cut() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const end of this.#ends) end.destroy();
    return closed;
  }
}
