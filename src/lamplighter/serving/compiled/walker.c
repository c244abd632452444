/* Walks trees over rows of float64; called through ctypes and bound to no release of Python.
 *
 * The arrays were checked before they come here: every index is inside its array and a child lies behind its parent. A leaf points to
 * itself, so eight trees go on together without a branch until the last of them has arrived. The leaves of a row are added in the
 * order of the trees, however many rows there are. */

#include <stddef.h>
#include <stdint.h>

#define EDITION 1
#define TOGETHER 8
#define INNER 31
#define MISSING_RIGHT 30
#define PLACE 0x3fffffffu

typedef struct {
    double number;   /* of an inner node the split, of a leaf what it adds */
    uint32_t left;   /* the right child is the next one; of a leaf itself */
    uint32_t place;  /* in the row; bit 31: an inner node, bit 30: a missing value goes right */
} node;

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
