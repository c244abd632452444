/* What stands in one column of one row of a request, and who reads, looks up and writes it. */

#ifndef CELLS_H
#define CELLS_H

#include <stddef.h>
#include <stdint.h>

enum kind { ABSENT, EMPTY, NUMBER, INTEGER, BOOLEAN, TEXT };

typedef struct {
    union {
        double number;
        int64_t integer;   /* of a boolean 0 or 1 */
        const char *text;  /* in the request, not ended by anything */
    };
    uint32_t length;       /* of a text, in bytes */
    uint32_t kind;
} cell;

typedef struct {
    const char *quoted;    /* its name between quotation marks */
    const uint8_t *packed; /* its name in MessagePack */
    uint16_t quoted_length, packed_length;
    uint16_t kind;
    uint16_t is_nullable;
} column;

/* Of the values of a column what the model knows, in open addressing: by the bytes of a text, or of a number as a double. */
typedef struct {
    uint64_t start, length;  /* of the value, in the bytes of all known ones */
    uint64_t answer;
    uint64_t is_used;
} known;

typedef struct {
    uint64_t place;          /* of the column */
    const known *slots;
    uint64_t mask;           /* one less than there are slots, a power of two */
    const char *bytes;
    uint64_t empty, other;   /* the answers for no value and for one that is not known */
    uint64_t refuses_empty, refuses_other;
} lookup;

/* Of walker.c and leaf_sets.c. */
struct number;
struct table;
struct node;
struct forest;

/* All that a version reads and scores with. */
typedef struct {
    const column *columns;
    uint64_t count;
    const struct power *powers;
    const uint64_t *places;       /* of the columns that are numbers of the model */
    uint64_t numbers;
    const lookup *tables;
    uint64_t asked;
    uint64_t most;                /* rows of a request */
    uint64_t room;                /* rows that the cells, values, answers and encoded rows have place for */
    cell *cells;
    double *values;
    uint64_t *answers;
    uint8_t *record;
    const struct number *scales;  /* of each number of the model */
    const double *template;       /* of an encoded row, and how wide it is; none for a weighted sum */
    uint64_t width;
    const struct table *lines;    /* of each table */
    double *encoded;
    const struct node *nodes;
    uint64_t trees;
    const struct forest *forest;  /* none where the trees are walked node by node */
    uint64_t *left;
    const double *weights;
    double start;
} sheet;

typedef struct {
    const char *text;
    const uint64_t *ends;         /* of each in the text */
    uint64_t count;
    uint32_t *rows;               /* of each, 0 where it is left to others */
} requests;

size_t read_rows(const sheet *how, const char *name, size_t length, const requests *all);
int spread(const sheet *how, size_t rows);
void write_rows(const sheet *how, const requests *all, uint64_t *ends);

#endif
