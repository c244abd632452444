/* Writes cells as the prediction log has them: a map of MessagePack, of values for one row and of arrays for more. */

#include "cells.h"
#include <string.h>

static inline uint8_t *with_tag(uint8_t *to, uint8_t tag, uint64_t value, int bytes) {
    *to++ = tag;
    for (int byte = bytes - 1; byte >= 0; byte--) *to++ = (uint8_t)(value >> (8 * byte));
    return to;
}

static inline uint8_t *with_tag_of_8(uint8_t *to, uint8_t tag, uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    *to++ = tag;
    memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

/* The head of something that has a length: short ones in one byte. */
static uint8_t *head(uint8_t *to, uint8_t fixed, uint32_t below, uint8_t tag_of_two, uint32_t length) {
    if (length < below) {
        *to++ = fixed | (uint8_t)length;
        return to;
    }
    return length <= UINT16_MAX ? with_tag(to, tag_of_two, length, 2) : with_tag(to, tag_of_two + 1, length, 4);
}

static uint8_t *write_text(uint8_t *to, const char *text, uint32_t length) {
    to = length < 256 && length > 31 ? with_tag(to, 0xd9, length, 1) : head(to, 0xa0, 32, 0xda, length);
    memcpy(to, text, length);
    return to + length;
}

static uint8_t *write_integer(uint8_t *to, int64_t value) {
    if (value >= -32 && value < 128) {
        *to++ = (uint8_t)value;
        return to;
    }
    return with_tag_of_8(to, 0xd3, (uint64_t)value);
}

static uint8_t *write_cell(uint8_t *to, const cell *from) {
    uint64_t bits;
    switch (from->kind) {
    case NUMBER:
        memcpy(&bits, &from->number, sizeof bits);
        return with_tag_of_8(to, 0xcb, bits);
    case INTEGER:
        return write_integer(to, from->integer);
    case BOOLEAN:
        *to++ = from->integer ? 0xc3 : 0xc2;
        return to;
    case TEXT:
        return write_text(to, from->text, from->length);
    default:
        *to++ = 0xc0;
        return to;
    }
}

/* A value takes 9 bytes at most, or five more than its text, and so does a name; a head takes five. `ends` becomes where each request
 * ends in the record. */
void write_rows(const sheet *how, const requests *all, uint64_t *ends) {
    uint8_t *to = how->record;
    const cell *cells = how->cells;
    for (size_t one = 0; one < all->count; one++) {
        uint32_t rows = all->rows[one];
        if (rows) to = head(to, 0x80, 16, 0xde, (uint32_t)how->count);
        for (size_t place = 0; place < how->count && rows; place++) {
            const column *named = how->columns + place;
            memcpy(to, named->packed, named->packed_length);
            to += named->packed_length;
            if (rows > 1) to = head(to, 0x90, 16, 0xdc, rows);
            for (size_t row = 0; row < rows; row++) to = write_cell(to, cells + row * how->count + place);
        }
        cells += rows * how->count;
        ends[one] = (uint64_t)(to - how->record);
    }
}
