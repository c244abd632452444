/* Sums over small trees for eight rows at once, after QuickScorer (Lucchese and others, SIGIR 2015).
 *
 * A row begins with all leaves of a tree. The splits of one place in the row are asked in rising order, those of all trees together: a
 * row whose value is greater loses the leaves on the true side. The first leaf that is left is where the row arrives. There is nothing
 * to branch on but the end of the splits of a place, so eight rows go on together, and what is read lies in the order of the reading.
 *
 * The arrays were laid out from checked ones by `leaf_sets.py`. The leaves of a row are added in the order of the trees. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ROWS 8

typedef struct {
    double number;
    uint64_t gone;           /* the leaves on the true side */
    uint32_t tree;
    uint32_t missing_right;  /* whether a missing value goes to the other side */
} split;

typedef struct forest {
    const split *splits;     /* by place, then by number */
    size_t asked;
    const uint64_t *places;  /* those that are asked */
    const uint64_t *ends;    /* of the splits of each place */
    size_t trees;
    const double *leaves;    /* of one tree after another */
    const uint64_t *firsts;  /* where those of each tree begin */
} forest;

typedef void lose(const split *at, const split *end, const double *values, double most, uint64_t *left);

/* The same step for vectors of 16 bytes, which every machine has, and of 32. */
#define WIDE 2
#define LOSE lose_by_two
#include "leaf_sets.h"
#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2")
#define WIDE 4
#define LOSE lose_by_four
#include "leaf_sets.h"
#pragma GCC pop_options
#define LOSE_GREATER (__builtin_cpu_supports("avx2") ? lose_by_four : lose_by_two)
#else
#define LOSE_GREATER lose_by_two
#endif

/* The greatest of the numbers; one that is missing is passed over. */
static double greatest(const double *values) {
    double most = -INFINITY;
    for (int row = 0; row < ROWS; row++) most = values[row] > most ? values[row] : most;
    return most;
}

static void lose_missing(const split *at, const split *end, const double *values, uint64_t *left) {
    for (; at < end; at++)
        for (int row = 0; row < ROWS; row++)
            if (at->missing_right && values[row] != values[row]) left[(size_t)at->tree * ROWS + row] &= ~at->gone;
}

/* Lanes without a row repeat the first one. */
static void add(const forest *all, const double *rows, size_t count, size_t width, lose *lose_greater, uint64_t *left, double *sums) {
    memset(left, 0xff, all->trees * ROWS * sizeof *left);
    const split *at = all->splits;
    for (size_t one = 0; one < all->asked; one++) {
        const split *end = all->splits + all->ends[one];
        double values[ROWS];
        int missing = 0;
        for (int row = 0; row < ROWS; row++) {
            values[row] = rows[((size_t)row < count ? row : 0) * width + all->places[one]];
            missing |= values[row] != values[row];
        }
        double most = greatest(values);
        if (missing) lose_missing(at, end, values, left);
        if (most > at->number) lose_greater(at, end, values, most, left);
        at = end;
    }
    double total[ROWS] = {0.0};
    for (size_t tree = 0; tree < all->trees; tree++) {
        const double *leaves = all->leaves + all->firsts[tree];
        for (int row = 0; row < ROWS; row++) total[row] += leaves[__builtin_ctzll(left[tree * ROWS + row])];
    }
    memcpy(sums, total, count * sizeof *total);
}

/* `left` has room for eight sets of each tree. */
void reach(const forest *all, const double *rows, size_t count, size_t width, uint64_t *left, double *sums) {
    lose *lose_greater = LOSE_GREATER;
    for (size_t row = 0; row < count; row += ROWS) {
        size_t rest = count - row;
        add(all, rows + row * width, rest < ROWS ? rest : ROWS, width, lose_greater, left, sums + row);
    }
}
