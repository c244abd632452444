/* Included by `leaf_sets.c` for each width of vector: what eight rows lose at the splits of one place. */

static void LOSE(const split *at, const split *end, const double *values, double most, uint64_t *left) {
    typedef double numbers __attribute__((vector_size(8 * WIDE)));
    typedef int64_t sets __attribute__((vector_size(8 * WIDE), aligned(8), may_alias));
    numbers value[ROWS / WIDE];
    memcpy(value, values, sizeof value);
    for (; at < end && most > at->number; at++) {
        const numbers number = at->number - (numbers){0};
        const sets gone = (int64_t)at->gone + (sets){0};
        sets *own = (sets *)(left + (size_t)at->tree * ROWS);
        for (int part = 0; part < ROWS / WIDE; part++) own[part] &= ~((value[part] > number) & gone);
    }
}

#undef WIDE
#undef LOSE
