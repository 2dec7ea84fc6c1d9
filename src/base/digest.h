/* Digests that tell data apart: FNV-1a of 64 bits. Not against anybody who means ill. */
#ifndef MASKSCOPE_BASE_DIGEST_H
#define MASKSCOPE_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const uint64_t DIGEST_BEGIN = 0xcbf29ce484222325u;

/* The digest of what went before, and of these bytes. */
static inline uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++)
        digest = (digest ^ at[i]) * 0x100000001b3u;
    return digest;
}

/* The least significant byte first, whatever the machine. */
static inline uint64_t digest_number(uint64_t digest, uint64_t number)
{
    for (int byte = 0; byte < 8; byte++)
        digest = (digest ^ (number >> 8 * byte & 0xff)) * 0x100000001b3u;
    return digest;
}

/* With its end, so that "ab", "c" and "a", "bc" differ. */
static inline uint64_t digest_text(uint64_t digest, const char *text)
{
    return digest_bytes(digest, text, strlen(text) + 1);
}

#endif
