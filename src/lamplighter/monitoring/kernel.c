/* Counts the values of a column; called through ctypes and bound to no release of Python.
 *
 * Whatever is counted here has a plain form in NumPy beside it, and both give the same whole numbers to the last bit: operations are
 * those of IEEE 754, one after another, and the compiler may not fuse them. The caller has checked every length; offsets of texts
 * come from a reader of columnar files, which has checked them. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EDITION 1
#define LARGEST 1e150
#define LANE 32
#define LOW_LANE 0xffffffffLL

int edition(void) { return EDITION; }

/* Numbers */

typedef struct {
    const double *edges;    /* rising; behind the last one stands infinity */
    size_t count;           /* of edges, without the infinity */
    const uint16_t *before; /* edges in front of each place of an even grid, one more than there are places */
    size_t places;          /* the first and the last are for everything outside; none: every edge may be next to a number */
    double start, scale;    /* of the grid: its first inner place begins at start, and holds 1 / scale */
    double centre;          /* sums are taken of the distance from here */
    double most, unit;      /* a distance is cut at most, and counted in parts of 1 / unit */
    double most_square, unit_square;
} bins;

typedef struct {
    int64_t *cells;   /* one more than edges, and missing */
    int64_t *moments; /* four sums of two lanes each */
    double low, high;
} tally;

/* How many edges lie at or below the number. */
static inline size_t cell_of(const bins *bins, double number) {
    size_t from = 0, to = bins->count;
    if (bins->places) {
        double shifted = (number - bins->start) * bins->scale;
        double last = (double)(bins->places - 2);
        shifted = shifted < -1.0 ? -1.0 : shifted > last ? last : shifted;
        size_t place = (size_t)((int64_t)shifted + 1);
        from = bins->before[place];
        to = bins->before[place + 1];
    }
    /* Where the range is empty the edge behind it is larger than the number. */
    for (size_t left = to - from; left > 1;) {
        size_t half = left / 2;
        from += bins->edges[from + half - 1] <= number ? half : 0;
        left -= half;
    }
    return from + (bins->edges[from] <= number);
}

static inline void add(int64_t lanes[2], double value, double most, double unit) {
    value = value < -most ? -most : value > most ? most : value;
    int64_t units = llrint(value * unit);
    lanes[0] += units >> LANE;
    lanes[1] += units & LOW_LANE;
}

void count_numbers(const bins *bins, const double *numbers, size_t rows, tally *out) {
    int64_t sums[4][2] = {{0}};
    double low = INFINITY, high = -INFINITY;
    double first = bins->edges[0], last = bins->edges[bins->count - 1];
    size_t missing = 0;
    for (size_t row = 0; row < rows; row++) {
        double number = numbers[row];
        if (!(fabs(number) < INFINITY)) {
            missing++;
            continue;
        }
        number = number < -LARGEST ? -LARGEST : number > LARGEST ? LARGEST : number;
        low = number < low ? number : low;
        high = number > high ? number : high;
        double distance = number - bins->centre;
        add(sums[0], distance, bins->most, bins->unit);
        add(sums[1], distance * distance, bins->most_square, bins->unit_square);
        if (number < first) add(sums[2], first - number, bins->most, bins->unit);
        if (number >= last) add(sums[3], number - last, bins->most, bins->unit);
        out->cells[cell_of(bins, number)]++;
    }
    out->cells[bins->count + 1] += (int64_t)missing;
    for (int place = 0; place < 8; place++) out->moments[place] += sums[place / 2][place % 2];
    /* Adding zero turns -0.0 into 0.0. */
    if (low + 0.0 < out->low) out->low = low + 0.0;
    if (high + 0.0 > out->high) out->high = high + 0.0;
}

/* Texts */

enum layout { SHORT_OFFSETS, LONG_OFFSETS, VIEWS };

typedef struct {
    int64_t layout;
    const void *index;           /* offsets or views, from the first row on */
    const char *const *contents; /* bytes: one run behind offsets, several behind views */
    const uint8_t *valid;        /* a bit a row, or nothing where all are there */
    size_t skipped;              /* bits in front of the first row */
    size_t rows;
} texts;

typedef struct {
    int32_t length;
    char inside[4]; /* what fits into 12 bytes stands here; of longer texts the first four bytes */
    int32_t run, offset;
} view;

typedef struct {
    const int64_t *offsets; /* of the known texts in their bytes, one more than there are */
    const char *content;
    uint64_t *starts;       /* what start_of says of each */
    size_t count;
    uint32_t *slots;        /* 1 + number of the text, 0 for none; a power of two of them, more than twice as many as texts */
    size_t mask;
} known;

static inline int is_there(const texts *column, size_t row) {
    size_t bit = column->skipped + row;
    return !column->valid || (column->valid[bit >> 3] >> (bit & 7) & 1);
}

static inline const char *text_at(const texts *column, size_t row, size_t *length) {
    if (column->layout == SHORT_OFFSETS) {
        const int32_t *offsets = column->index;
        *length = (size_t)(offsets[row + 1] - offsets[row]);
        return column->contents[0] + offsets[row];
    }
    if (column->layout == LONG_OFFSETS) {
        const int64_t *offsets = column->index;
        *length = (size_t)(offsets[row + 1] - offsets[row]);
        return column->contents[0] + offsets[row];
    }
    const view *found = (const view *)column->index + row;
    *length = (size_t)found->length;
    return found->length <= 12 ? found->inside : column->contents[found->run] + found->offset;
}

/* Up to eight bytes as a number that no other text of the same length has; of longer texts the first eight bytes. */
static inline uint64_t start_of(const char *text, size_t length) {
    uint64_t word = 0;
    if (length >= 8) {
        memcpy(&word, text, 8);
    } else if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, text, 4);
        memcpy(&last, text + length - 4, 4);
        word = (uint64_t)last << 32 | first;
    } else if (length) {
        const uint8_t *bytes = (const uint8_t *)text;
        word = (uint64_t)bytes[0] | (uint64_t)bytes[length / 2] << 8 | (uint64_t)bytes[length - 1] << 16;
    }
    return word;
}

static inline uint64_t mixed(uint64_t state, uint64_t word) {
    state = (state ^ word) * 0x9e3779b97f4a7c15ULL;
    return state ^ (state >> 32);
}

static inline size_t hash(uint64_t start, const char *text, size_t length) {
    uint64_t state = mixed(length, start), word;
    for (size_t byte = 8; byte < length; byte += 8) {
        memcpy(&word, text + (byte + 8 <= length ? byte : length - 8), 8);
        state = mixed(state, word);
    }
    return (size_t)(mixed(state, 0) >> 32);
}

/* Where the text stands in the slots, or the free slot where it would stand. */
static inline size_t slot_of(const known *known, const char *text, size_t length) {
    uint64_t start = start_of(text, length);
    size_t slot = hash(start, text, length) & known->mask;
    for (uint32_t held; (held = known->slots[slot]); slot = (slot + 1) & known->mask) {
        int64_t offset = known->offsets[held - 1];
        if (known->starts[held - 1] != start || (size_t)(known->offsets[held] - offset) != length) continue;
        if (length <= 8 || !memcmp(known->content + offset, text, length)) break;
    }
    return slot;
}

/* Fill starts and empty slots. The known texts are different from each other. */
void place_texts(const known *known) {
    for (size_t text = 0; text < known->count; text++) {
        const char *content = known->content + known->offsets[text];
        size_t length = (size_t)(known->offsets[text + 1] - known->offsets[text]);
        known->starts[text] = start_of(content, length);
        known->slots[slot_of(known, content, length)] = (uint32_t)text + 1;
    }
}

/* The number of each text: as many as there are for one that is not known, -1 for none. */
void find_texts(const known *known, const texts *column, int32_t *codes) {
    for (size_t row = 0; row < column->rows; row++) {
        size_t length;
        if (!is_there(column, row)) {
            codes[row] = -1;
            continue;
        }
        const char *text = text_at(column, row, &length);
        uint32_t held = known->slots[slot_of(known, text, length)];
        codes[row] = (int32_t)(held ? held - 1 : known->count);
    }
}

/* Characters of each text, in UTF-8; not a number for none. */
void measure_texts(const texts *column, double *lengths) {
    for (size_t row = 0; row < column->rows; row++) {
        size_t length, characters = 0;
        if (!is_there(column, row)) {
            lengths[row] = NAN;
            continue;
        }
        const char *text = text_at(column, row, &length);
        for (size_t byte = 0; byte < length; byte++) characters += ((uint8_t)text[byte] & 0xc0) != 0x80;
        lengths[row] = (double)characters;
    }
}
