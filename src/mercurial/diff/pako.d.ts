declare module 'pako/lib/deflate.js' {
  export function deflate(data: Uint8Array): Uint8Array;
}
