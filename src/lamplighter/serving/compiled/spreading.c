/* From cells to what a model is asked with: its numbers, and what it knows of each text. Both column by column. */

#include "cells.h"
#include <math.h>
#include <string.h>

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const char *text, size_t length) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t byte = 0; byte < length; byte++) hash = (hash ^ (uint8_t)text[byte]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Whether there is an answer. */
static int ask(const texts *all, const cell *from, uint64_t *answer) {
    if (from->kind == EMPTY) {
        *answer = all->empty;
        return !all->refuses_empty;
    }
    uint64_t slot = hash_of(from->text, from->length) & all->mask;
    for (; all->slots[slot].is_used; slot = (slot + 1) & all->mask) {
        const known *one = all->slots + slot;
        if (one->length == from->length && !memcmp(all->bytes + one->start, from->text, from->length)) {
            *answer = one->answer;
            return 1;
        }
    }
    *answer = all->other;
    return !all->refuses_other;
}

static inline double number_of(const cell *from) {
    return from->kind == NUMBER ? from->number : from->kind == EMPTY ? NAN : (double)from->integer;
}

int spread(const sheet *how, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        const cell *here = how->cells + row * how->count;
        for (size_t one = 0; one < how->numbers; one++) how->values[one * rows + row] = number_of(here + how->places[one]);
        for (size_t one = 0; one < how->asked; one++) {
            const texts *all = how->tables + one;
            if (!ask(all, here + all->place, how->answers + one * rows + row)) return 0;
        }
    }
    return 1;
}
