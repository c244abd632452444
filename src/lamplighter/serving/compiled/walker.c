/* Encodes rows into float64, walks trees over them, and adds them up under weights; called through ctypes and bound to no release of Python.
 *
 * The arrays were checked before they come here: every index is inside its array and a child lies behind its parent. A leaf points to
 * itself, so eight trees go on together without a branch until the last of them has arrived. The leaves of a row are added in the
 * order of the trees, however many rows there are. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EDITION 5
#define TOGETHER 8
#define INNER 31
#define MISSING_RIGHT 30
#define PLACE 0x3fffffffu

typedef struct node {
    double number;   /* of an inner node the split, of a leaf what it adds */
    uint32_t left;   /* the right child is the next one; of a leaf itself */
    uint32_t place;  /* in the row; bit 31: an inner node, bit 30: a missing value goes right */
} node;

typedef struct number {
    double shift, divisor, factor, offset;
    double null;     /* what stands there where a row has no value */
    uint64_t place;  /* in the row */
} number;

typedef struct table {
    const double *lines;    /* what each value puts into the places, a line for each value */
    const uint64_t *places;
    uint64_t width;         /* of a line */
} table;

int edition(void) { return EDITION; }

static inline uint32_t next(const node *nodes, uint32_t at, const double *row) {
    const node *here = nodes + at;
    double value = row[here->place & PLACE];
    uint32_t right = (uint32_t)(value > here->number) | ((uint32_t)(value != value) & (here->place >> MISSING_RIGHT));
    return here->left + (right & (here->place >> INNER));
}

static double sum(const node *nodes, size_t trees, const double *row) {
    double total = 0.0;
    size_t tree = 0;
    for (; tree + TOGETHER <= trees; tree += TOGETHER) {
        uint32_t at[TOGETHER], any;
        for (int lane = 0; lane < TOGETHER; lane++) at[lane] = (uint32_t)tree + lane;
        do {
            any = 0;
            for (int lane = 0; lane < TOGETHER; lane++) {
                at[lane] = next(nodes, at[lane], row);
                any |= nodes[at[lane]].place >> INNER;
            }
        } while (any);
        for (int lane = 0; lane < TOGETHER; lane++) total += nodes[at[lane]].number;
    }
    for (; tree < trees; tree++) {
        uint32_t at = (uint32_t)tree;
        while (nodes[at].place >> INNER) at = next(nodes, at, row);
        total += nodes[at].number;
    }
    return total;
}

void walk(const node *nodes, size_t trees, const double *numbers, size_t rows, size_t width, double *sums) {
    for (size_t row = 0; row < rows; row++) sums[row] = sum(nodes, trees, numbers + row * width);
}

/* The values come column by column, NaN where there is none; of a table the line of each row. */
void encode(const double *template, size_t width, const number *numbers, size_t count, const table *tables, size_t asked,
            const double *values, const int64_t *lines, size_t rows, double *encoded) {
    for (size_t row = 0; row < rows; row++) {
        double *to = encoded + row * width;
        memcpy(to, template, width * sizeof(double));
        for (size_t one = 0; one < count; one++) {
            const number *how = numbers + one;
            double value = values[one * rows + row];
            to[how->place] = value != value ? how->null : (value - how->shift) / how->divisor * how->factor + how->offset;
        }
        for (size_t one = 0; one < asked; one++) {
            const table *from = tables + one;
            const double *line = from->lines + lines[one * rows + row] * from->width;
            for (size_t cell = 0; cell < from->width; cell++) to[from->places[cell]] = line[cell];
        }
    }
}

/* What each row adds up to: the start, each number under its weight, the share of each text. Numbers and shares come column by column. */
void weigh(double start, const number *numbers, const double *weights, size_t count, const double *values, const double *shares,
           size_t shared, size_t rows, double *sums) {
    for (size_t row = 0; row < rows; row++) {
        double total = start;
        for (size_t one = 0; one < count; one++) {
            const number *how = numbers + one;
            double value = values[one * rows + row];
            total += weights[one] * (value != value ? how->null : (value - how->shift) / how->divisor * how->factor + how->offset);
        }
        for (size_t one = 0; one < shared; one++) total += shares[one * rows + row];
        sums[row] = total;
    }
}
