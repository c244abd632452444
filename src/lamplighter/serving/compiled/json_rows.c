/* Reads `{"<name>": [{"<column>": <value>, ...}, ...]}` into cells, without making anything of Python.
 *
 * It takes only what the contract takes without a remark: every column once, each with a value of its kind. Whatever else it meets, and
 * every text with an escape, it leaves to others. It never looks at a byte at or behind `end`. */

#include "cells.h"
#include "decimal.h"
#include "text.h"

#define MOST_DIGITS 19
#define LARGEST 9223372036854774784.0  /* 2^63 - 2^10 */

typedef struct {
    const char *at, *end;
} input;

static inline void skip_space(input *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t')) in->at++;
}

static inline int take(input *in, char wanted) {
    skip_space(in);
    if (in->at == in->end || *in->at != wanted) return 0;
    in->at++;
    return 1;
}

static inline int take_word(input *in, const char *word, size_t length) {
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length)) return 0;
    in->at += length;
    return 1;
}

/* A text without escapes. */
static int read_text(input *in, const char **text, uint32_t *length) {
    if (in->at == in->end || *in->at != '"') return 0;
    const char *start = ++in->at;
    unsigned char all = 0;
    for (; in->at < in->end && *in->at != '"'; in->at++) {
        unsigned char one = (unsigned char)*in->at;
        if (one < ' ' || one == '\\') return 0;
        all |= one;
    }
    if (in->at == in->end || in->at - start > UINT32_MAX) return 0;
    *text = start;
    *length = (uint32_t)(in->at - start);
    in->at++;
    return all < 0x80 || is_text((const unsigned char *)start, (const unsigned char *)in->at - 1);
}

/* Digits up to the first other byte, behind those that came before; `count` is how many there are from the first that is not 0. */
static inline int read_digits(input *in, uint64_t *digits, int *count) {
    const char *start = in->at, *at = start;
    uint64_t found = *digits;
    if (found == 0)
        while (at < in->end && *at == '0') at++;
    const char *first = at;
    for (; at < in->end && *at >= '0' && *at <= '9'; at++) found = found * 10 + (uint64_t)(*at - '0');
    in->at = at;
    if (at - first > MOST_DIGITS - *count) return 0;
    *count += (int)(at - first);
    *digits = found;
    return at > start;
}

static int read_exponent(input *in, int64_t *exponent) {
    int is_negative = 0, count = 0;
    uint64_t size = 0;
    if (in->at < in->end && (*in->at == '+' || *in->at == '-')) is_negative = *in->at++ == '-';
    if (!read_digits(in, &size, &count) || count > 4) return 0;
    *exponent += is_negative ? -(int64_t)size : (int64_t)size;
    return 1;
}

static int read_number(input *in, uint32_t kind, const power *powers, cell *to) {
    int is_negative = 0, count = 0;
    uint64_t digits = 0;
    int64_t exponent = 0;
    if (*in->at == '-') is_negative = 1, in->at++;
    int has_zero_first = in->at < in->end && *in->at == '0';
    const char *start = in->at;
    if (!read_digits(in, &digits, &count) || (has_zero_first && in->at - start > 1)) return 0;
    int is_whole = 1;
    if (in->at < in->end && *in->at == '.') {
        const char *point = ++in->at;
        if (!read_digits(in, &digits, &count)) return 0;
        exponent = point - in->at;
        is_whole = 0;
    }
    if (in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
        in->at++;
        if (!read_exponent(in, &exponent)) return 0;
        is_whole = 0;
    }
    to->kind = kind;
    if (kind == INTEGER) {
        if (!is_whole || digits > INT64_MAX) return 0;
        to->integer = is_negative ? -(int64_t)digits : (int64_t)digits;
        return 1;
    }
    if (kind != NUMBER || !decimal(digits, exponent, powers, &to->number) || to->number > LARGEST) return 0;
    if (is_negative) to->number = -to->number;
    return 1;
}

static int read_value(input *in, const column *how, const power *powers, cell *to) {
    skip_space(in);
    if (in->at == in->end) return 0;
    switch (*in->at) {
    case '"':
        to->kind = TEXT;
        return how->kind == TEXT && read_text(in, &to->text, &to->length);
    case 'n':
        to->kind = EMPTY;
        return how->is_nullable && take_word(in, "null", 4);
    case 't':
        to->kind = BOOLEAN, to->integer = 1;
        return how->kind == BOOLEAN && take_word(in, "true", 4);
    case 'f':
        to->kind = BOOLEAN, to->integer = 0;
        return how->kind == BOOLEAN && take_word(in, "false", 5);
    default:
        return read_number(in, how->kind, powers, to);
    }
}

/* Which column is named; callers keep to one order, so that the next one is looked at first. */
static size_t read_name(input *in, const column *columns, size_t count, size_t guess) {
    if (take_word(in, columns[guess].quoted, columns[guess].quoted_length)) return guess;
    for (size_t one = 0; one < count; one++)
        if (take_word(in, columns[one].quoted, columns[one].quoted_length)) return one;
    return count;
}

static int read_row(input *in, const column *columns, size_t count, const power *powers, cell *row) {
    memset(row, 0, count * sizeof *row);
    if (!take(in, '{')) return 0;
    for (size_t read = 0, one = count - 1; read < count; read++) {
        if (read && !take(in, ',')) return 0;
        skip_space(in);
        one = read_name(in, columns, count, one + 1 < count ? one + 1 : 0);
        if (one == count || row[one].kind != ABSENT || !take(in, ':')) return 0;
        if (!read_value(in, columns + one, powers, row + one)) return 0;
    }
    return take(in, '}');
}

/* How many rows, written behind one another; 0 where the request is left to others. */
static size_t read_request(input *in, const sheet *how, const char *name, size_t length, cell *rows, size_t room) {
    const char *found;
    uint32_t found_length;
    if (!take(in, '{')) return 0;
    skip_space(in);
    if (!read_text(in, &found, &found_length) || found_length != length || memcmp(found, name, length)) return 0;
    if (!take(in, ':') || !take(in, '[')) return 0;
    size_t row = 0;
    do {
        if (row == room || !read_row(in, how->columns, how->count, how->powers, rows + row * how->count)) return 0;
        row++;
    } while (take(in, ','));
    if (!take(in, ']') || !take(in, '}')) return 0;
    skip_space(in);
    return in->at == in->end ? row : 0;
}

size_t read_rows(const sheet *how, const char *name, size_t length, const requests *all) {
    size_t found = 0;
    uint64_t start = 0;
    for (size_t one = 0; one < all->count; one++) {
        input in = {all->text + start, all->text + all->ends[one]};
        size_t left = how->room - found < how->most ? how->room - found : how->most;
        all->rows[one] = (uint32_t)read_request(&in, how, name, length, how->cells + found * how->count, left);
        found += all->rows[one];
        start = all->ends[one];
    }
    return found;
}
