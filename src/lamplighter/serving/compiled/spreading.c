/* From cells to what a model is asked with: its numbers, and what it knows of each value. Both column by column. */

#include "cells.h"
#include <math.h>
#include <string.h>

#define LARGEST_EXACT (INT64_C(1) << 53)

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const char *value, size_t length) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t byte = 0; byte < length; byte++) hash = (hash ^ (uint8_t)value[byte]) * UINT64_C(0x100000001b3);
    return hash;
}

static inline double number_of(const cell *from) {
    return from->kind == NUMBER ? from->number : from->kind == EMPTY ? NAN : (double)from->integer;
}

static const known *found(const lookup *all, const char *value, size_t length) {
    uint64_t slot = hash_of(value, length) & all->mask;
    for (; all->slots[slot].is_used; slot = (slot + 1) & all->mask) {
        const known *one = all->slots + slot;
        if (one->length == length && !memcmp(all->bytes + one->start, value, length)) return one;
    }
    return NULL;
}

/* A number is known by the bytes of its double; there is but one zero, and no key is larger than the largest whole number that is told
 * from its neighbours. */
static const known *found_number(const lookup *all, const cell *from) {
    double number = number_of(from) + 0.0;
    char bytes[sizeof number];
    if (from->kind == INTEGER && (from->integer > LARGEST_EXACT || from->integer < -LARGEST_EXACT)) return NULL;
    memcpy(bytes, &number, sizeof number);
    return found(all, bytes, sizeof bytes);
}

/* Whether there is an answer. */
static int ask(const lookup *all, const cell *from, uint64_t *answer) {
    if (from->kind == EMPTY) {
        *answer = all->empty;
        return !all->refuses_empty;
    }
    const known *one = from->kind == TEXT ? found(all, from->text, from->length) : found_number(all, from);
    *answer = one ? one->answer : all->other;
    return one || !all->refuses_other;
}

int spread(const sheet *how, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        const cell *here = how->cells + row * how->count;
        for (size_t one = 0; one < how->numbers; one++) how->values[one * rows + row] = number_of(here + how->places[one]);
        for (size_t one = 0; one < how->asked; one++) {
            const lookup *all = how->tables + one;
            if (!ask(all, here + all->place, how->answers + one * rows + row)) return 0;
        }
    }
    return 1;
}
