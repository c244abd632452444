/* The double nearest to a decimal number, where 64 bits of a power of ten tell it: after Lemire, "Number parsing at a gigabyte per
 * second" (2021), with half of the bits, so that one in a thousand is left to others. */

#include <stdint.h>
#include <string.h>

#define FURTHEST 290        /* powers of ten in the table, on either side */
#define EXACT_POWER 22      /* ten to this power is a double */
#define EXACT_DIGITS (UINT64_C(1) << 53)

typedef struct power {
    uint64_t bits;          /* the first 64 of the power, cut off */
    int64_t exponent;       /* the power is bits * 2^exponent, and less than one bit more */
} power;

static const double EXACT[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Digits times ten to the exponent; 0 where it cannot be told. `powers` begins with ten to the power -FURTHEST. */
static int decimal(uint64_t digits, int64_t exponent, const power *powers, double *number) {
    if (digits <= EXACT_DIGITS && exponent >= -EXACT_POWER && exponent <= EXACT_POWER) {
        *number = exponent < 0 ? (double)digits / EXACT[-exponent] : (double)digits * EXACT[exponent];
        return 1;
    }
    if (digits == 0) {
        *number = 0.0;
        return 1;
    }
    if (exponent < -FURTHEST || exponent > FURTHEST - 19) return 0;
    const power *ten = powers + exponent + FURTHEST;
    int shift = __builtin_clzll(digits);
    unsigned __int128 product = (unsigned __int128)(digits << shift) * ten->bits;
    uint64_t high = (uint64_t)(product >> 64);
    int64_t two = ten->exponent - shift + 64;
    if (!(high >> 63)) {
        high = (uint64_t)(product >> 63);
        two--;
    }
    /* What was cut off is less than three in the last place: it decides only next to the middle between two doubles. */
    uint64_t rest = high & 0x7ff, rounded = high >> 11;
    if (rest >= 0x400 - 3 && rest <= 0x400) return 0;
    rounded += rest > 0x400;
    two += 11 + 1023 + 52;
    if (rounded >> 53) {
        rounded >>= 1;
        two++;
    }
    uint64_t whole = ((uint64_t)two << 52) | (rounded & ((UINT64_C(1) << 52) - 1));
    memcpy(number, &whole, sizeof whole);
    return 1;
}
