/* Whether bytes are UTF-8 (RFC 3629): no surrogates, nothing longer than it need be. */

#include <stddef.h>

static int is_text(const unsigned char *at, const unsigned char *end) {
    while (at < end) {
        unsigned char first = *at++;
        if (first < 0x80) continue;
        if (first < 0xc2 || first > 0xf4) return 0;
        size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if ((size_t)(end - at) < more) return 0;
        unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (*at < low || *at > high) return 0;
        for (at++; --more; at++)
            if (*at < 0x80 || *at > 0xbf) return 0;
    }
    return 1;
}
