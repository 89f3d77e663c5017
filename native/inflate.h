// Inflates zlib data, without anything of Node: see inflate.c.
#ifndef QUICKSILVER_INFLATE_H
#define QUICKSILVER_INFLATE_H

#include <stddef.h>
#include <stdint.h>

// Returns 1 if `bytes` begin with a whole zlib stream (RFC 1950) of at most `limit` bytes. Then *out is malloc'd, and
// the caller owns it. Returns 0 for everything else: damaged data, more bytes, a preset dictionary, too little memory.
int inflate_zlib(const uint8_t *bytes, size_t length, size_t limit, uint8_t **out, size_t *out_length);

#endif
