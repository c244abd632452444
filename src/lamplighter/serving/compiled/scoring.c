/* Requests in JSON, from their bytes to a sum for each row and what the log holds of them. */

#include "cells.h"

#define TOGETHER 8
#define FEW 4  /* fewer rows than this are walked one after another */

void encode(const double *template, size_t width, const struct number *numbers, size_t count, const struct table *tables, size_t asked,
            const double *values, const int64_t *lines, size_t rows, double *encoded);
void weigh(double start, const struct number *numbers, const double *weights, size_t count, const double *values,
           const double *shares, size_t shared, size_t rows, double *sums);
void walk(const struct node *nodes, size_t trees, const double *numbers, size_t rows, size_t width, double *sums);
void reach(const struct forest *all, const double *rows, size_t count, size_t width, uint64_t *left, double *sums);

static void add_up(const sheet *how, size_t rows, double *sums) {
    if (how->weights) {
        const double *shares = (const double *)how->answers;
        weigh(how->start, how->scales, how->weights, how->numbers, how->values, shares, how->asked, rows, sums);
        return;
    }
    const int64_t *lines = (const int64_t *)how->answers;
    encode(how->template, how->width, how->scales, how->numbers, how->lines, how->asked, how->values, lines, rows, how->encoded);
    size_t rest = rows % TOGETHER, together = how->forest ? rows - (rest < FEW ? rest : 0) : 0;
    if (together) reach(how->forest, how->encoded, together, how->width, how->left, sums);
    if (together < rows)
        walk(how->nodes, how->trees, how->encoded + together * how->width, rows - together, how->width, sums + together);
}

/* How many rows there are, or -1 if the model refuses one. `ends` are those of the requests in `text`, and become those in the record;
 * `rows` becomes how many each has, 0 where it is left to others. */
int64_t score_json(const sheet *how, const char *name, size_t length, const char *text, uint64_t *ends, size_t count, uint32_t *rows,
                   double *sums) {
    requests all = {text, ends, count, rows};
    size_t found = read_rows(how, name, length, &all);
    if (!spread(how, found)) return -1;
    write_rows(how, &all, ends);
    add_up(how, found, sums);
    return (int64_t)found;
}
