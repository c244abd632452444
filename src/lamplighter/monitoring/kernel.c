/* Counts the values of a column; called through ctypes and bound to no release of Python.
 *
 * Whatever is counted here has a plain form in NumPy beside it, and both give the same whole numbers to the last bit: operations are
 * those of IEEE 754, one after another, and the compiler may not fuse them. The caller has checked every length; offsets of texts
 * come from a reader of columnar files, which has checked them. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EDITION 3
#define BLOCK 512
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
    int64_t shift;          /* not 0: places are even in the logarithm of the distance from start, which these bits of it are left out of */
    int64_t base, middle;   /* what is left at the place of start and nearest to it, and that place */
    double centre;          /* sums are taken of the distance from here */
    double most, unit;      /* a distance is cut at most, and counted in parts of 1 / unit */
    double most_square, unit_square;
} bins;

typedef struct {
    int64_t *cells;   /* one more than edges, and missing */
    int64_t *moments; /* four sums of two lanes each */
    double low, high;
} tally;

/* Rounding brings neither form out of order: of two numbers the smaller one has no later place. */
static inline size_t place_of(const bins *bins, double number) {
    double shifted = number - bins->start;
    if (bins->shift) {
        double size = fabs(shifted);
        int64_t bits, place;
        memcpy(&bits, &size, sizeof bits);
        bits = (bits >> bins->shift) - bins->base;
        bits = bits < 0 ? 0 : bits;
        place = shifted < 0.0 ? bins->middle - 1 - bits : bins->middle + bits;
        return place < 0 ? 0 : place < (int64_t)bins->places ? (size_t)place : bins->places - 1;
    }
    double last = (double)(bins->places - 2);
    shifted *= bins->scale;
    shifted = shifted < -1.0 ? -1.0 : shifted > last ? last : shifted;
    return (size_t)((int64_t)shifted + 1);
}

/* How many edges lie at or below the number. */
static inline size_t cell_of(const bins *bins, double number) {
    size_t from = 0, to = bins->count;
    if (bins->places) {
        size_t place = place_of(bins, number);
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

typedef struct {
    const double *values;
    const uint8_t *valid; /* a bit a row, or nothing where all are there */
    size_t skipped;       /* bits in front of the first row */
    size_t rows;
} numbers;

static inline int is_set(const uint8_t *bits, size_t bit) { return !bits || (bits[bit >> 3] >> (bit & 7) & 1); }

/* The numbers that are there, of rows from `first` on; gives how many. */
static size_t present(const numbers *column, size_t first, size_t rows, double *found) {
    size_t count = 0;
    for (size_t row = first; row < first + rows; row++) {
        double number = column->values[row];
        found[count] = number < -LARGEST ? -LARGEST : number > LARGEST ? LARGEST : number;
        count += (fabs(number) < INFINITY) & is_set(column->valid, column->skipped + row);
    }
    return count;
}

static inline int64_t units_of(double value, double most, double unit) {
    value = value < -most ? -most : value;
    value = value > most ? most : value;
    return llrint(value * unit);
}

/* The low lanes are what the high ones leave of the whole: sums that run over 64 bits come back to the same number. */
typedef struct { uint64_t whole; int64_t high; } lanes;

static inline void add(lanes *sum, int64_t units) {
    sum->whole += (uint64_t)units;
    sum->high += units >> LANE;
}

static void put(int64_t moments[2], lanes sum) {
    moments[0] += sum.high;
    moments[1] += (int64_t)(sum.whole - ((uint64_t)sum.high << LANE));
}

static void count_block(const bins *bins, const double *found, size_t count, tally *out) {
    lanes distances = {0, 0}, squares = {0, 0}, below = {0, 0}, above = {0, 0};
    double low = INFINITY, high = -INFINITY;
    double first = bins->edges[0], last = bins->edges[bins->count - 1];
    for (size_t place = 0; place < count; place++) {
        double distance = found[place] - bins->centre;
        add(&distances, units_of(distance, bins->most, bins->unit));
        add(&squares, units_of(distance * distance, bins->most_square, bins->unit_square));
        low = found[place] < low ? found[place] : low;
        high = found[place] > high ? found[place] : high;
    }
    for (size_t place = 0; place + 1 < count; place += 2) {
        size_t one = cell_of(bins, found[place]), two = cell_of(bins, found[place + 1]);
        /* Where a value comes again and again, its cell would wait for itself. */
        if (one == two) {
            out->cells[one] += 2;
        } else {
            out->cells[one]++;
            out->cells[two]++;
        }
    }
    if (count % 2) out->cells[cell_of(bins, found[count - 1])]++;
    if (low < first || high >= last) {
        for (size_t place = 0; place < count; place++) {
            if (found[place] < first) add(&below, units_of(first - found[place], bins->most, bins->unit));
            if (found[place] >= last) add(&above, units_of(found[place] - last, bins->most, bins->unit));
        }
    }
    put(out->moments, distances);
    put(out->moments + 2, squares);
    put(out->moments + 4, below);
    put(out->moments + 6, above);
    /* Adding zero turns -0.0 into 0.0. */
    out->low = low + 0.0 < out->low ? low + 0.0 : out->low;
    out->high = high + 0.0 > out->high ? high + 0.0 : out->high;
}

void count_numbers(const bins *bins, const numbers *column, tally *out) {
    double found[BLOCK];
    for (size_t row = 0; row < column->rows; row += BLOCK) {
        size_t rows = column->rows - row < BLOCK ? column->rows - row : BLOCK;
        size_t count = present(column, row, rows, found);
        out->cells[bins->count + 1] += (int64_t)(rows - count);
        count_block(bins, found, count, out);
    }
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

/* The first and the last eight bytes, with zeros behind a shorter text. No two texts of one length up to sixteen share both. */
typedef struct { uint64_t first, last; } ends;

typedef struct {
    const int64_t *offsets; /* of the known texts in their bytes, one more than there are */
    const char *content;
    ends *ends;             /* of each */
    size_t count;
    uint32_t *slots;        /* 1 + number of the text, 0 for none; a power of two of them, more than twice as many as texts */
    size_t mask;
} known;

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

/* Where reading eight bytes is no longer safe, whatever the length of a text. */
static const char *limit_of(const texts *column) {
    const char *run = column->contents ? column->contents[0] : NULL;
    /* A text inside its view has eight bytes behind its first, and every other one is longer than that. */
    if (column->layout == VIEWS || !column->rows || !run) return (const char *)UINTPTR_MAX;
    if (column->layout == SHORT_OFFSETS) return run + ((const int32_t *)column->index)[column->rows];
    return run + ((const int64_t *)column->index)[column->rows];
}

static inline uint64_t word_at(const char *text, size_t length, const char *limit) {
    static const uint8_t kept[16] = {255, 255, 255, 255, 255, 255, 255, 255};
    uint64_t word = 0, mask;
    length = length < 8 ? length : 8;
    if ((uintptr_t)text + 8 <= (uintptr_t)limit) {
        memcpy(&word, text, 8);
        memcpy(&mask, kept + 8 - length, 8);
        return word & mask;
    }
    memcpy(&word, text, length);
    return word;
}

static inline ends ends_of(const char *text, size_t length, const char *limit) {
    size_t last = length > 8 ? length - 8 : 0;
    ends found = {word_at(text, length, limit), word_at(text + last, length, limit)};
    return found;
}

static inline uint64_t mixed(uint64_t state, uint64_t word) {
    state = (state ^ word) * 0x9e3779b97f4a7c15ULL;
    return state ^ (state >> 32);
}

static inline size_t hash(ends ends, const char *text, size_t length) {
    uint64_t state = mixed(mixed(length, ends.first), ends.last), word;
    for (size_t byte = 8; byte + 8 < length; byte += 8) {
        memcpy(&word, text + byte, 8);
        state = mixed(state, word);
    }
    return (size_t)state;
}

/* Where the text stands in the slots, or the free slot where it would stand. */
static inline size_t slot_of(const known *known, ends ends, const char *text, size_t length) {
    size_t slot = hash(ends, text, length) & known->mask;
    for (uint32_t held; (held = known->slots[slot]); slot = (slot + 1) & known->mask) {
        int64_t offset = known->offsets[held - 1];
        if (known->ends[held - 1].first != ends.first || known->ends[held - 1].last != ends.last) continue;
        if ((size_t)(known->offsets[held] - offset) != length) continue;
        if (length <= 16 || !memcmp(known->content + offset, text, length)) break;
    }
    return slot;
}

/* Fill ends and empty slots. The known texts are different from each other. */
void place_texts(const known *known) {
    const char *limit = known->content + known->offsets[known->count];
    for (size_t text = 0; text < known->count; text++) {
        const char *content = known->content + known->offsets[text];
        size_t length = (size_t)(known->offsets[text + 1] - known->offsets[text]);
        known->ends[text] = ends_of(content, length, limit);
        known->slots[slot_of(known, known->ends[text], content, length)] = (uint32_t)text + 1;
    }
}

/* The number of the text of a row: as many as there are for one that is not known, -1 for none. */
static inline int32_t code_of(const known *known, const texts *column, size_t row, const char *limit) {
    size_t length;
    if (!is_set(column->valid, column->skipped + row)) return -1;
    const char *text = text_at(column, row, &length);
    uint32_t held = known->slots[slot_of(known, ends_of(text, length, limit), text, length)];
    return held ? (int32_t)held - 1 : (int32_t)known->count;
}

void find_texts(const known *known, const texts *column, int32_t *codes) {
    const char *limit = limit_of(column);
    for (size_t row = 0; row < column->rows; row++) codes[row] = code_of(known, column, row, limit);
}

/* Add the texts to a cell for each known one, one for every other, and one for none. */
void count_texts(const known *known, const texts *column, int64_t *cells) {
    const char *limit = limit_of(column);
    for (size_t row = 0; row < column->rows; row++) {
        int32_t code = code_of(known, column, row, limit);
        cells[code < 0 ? known->count + 1 : (size_t)code]++;
    }
}

/* Characters of each text, in UTF-8; not a number for none. */
void measure_texts(const texts *column, double *lengths) {
    for (size_t row = 0; row < column->rows; row++) {
        size_t length, characters = 0;
        if (!is_set(column->valid, column->skipped + row)) {
            lengths[row] = NAN;
            continue;
        }
        const char *text = text_at(column, row, &length);
        for (size_t byte = 0; byte < length; byte++) characters += ((uint8_t)text[byte] & 0xc0) != 0x80;
        lengths[row] = (double)characters;
    }
}
