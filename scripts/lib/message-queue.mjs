// Replaces vscode-jsonrpc's linked map in the extension's bundle. The library only queues messages in it: a Map, which
// keeps the order of insertion too, is a tenth of its size.

export class LinkedMap extends Map {
  /** Takes out the oldest value; undefined if there is none. */
  shift() {
    const [oldest] = this;
    if (oldest === undefined) return undefined;
    this.delete(oldest[0]);
    return oldest[1];
  }
}
