/*
 * What the native kernels share: the layout of a record, of a probe and of our tables, as packed.ts
 * and kernel.ts have it. The definition of what is computed is score/pairs.ts.
 */
#ifndef TAMGA_KERNEL_H
#define TAMGA_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum {
  LANES = 32,
  WORDS = 5,
  MINUTIAE = 48,
  DESCRIPTORS_AT = 4,
  NORMS_AT = DESCRIPTORS_AT + LANES * WORDS * 4,
  X_AT = NORMS_AT + LANES,
  Y_AT = X_AT + MINUTIAE * 2,
  DIRECTIONS_AT = Y_AT + MINUTIAE * 2,
  RECORD_BYTES = DIRECTIONS_AT + MINUTIAE,
  COSINE_SHIFT = 11,
  TURN_TOLERANCE = 12,
  WAY_TANGENT = 3
};

typedef struct {
  int32_t described;
  int32_t unused[15];
  uint32_t descriptors[WORDS][LANES];
  int32_t norms[LANES];
  int32_t directions[LANES];
  int32_t nearest[LANES][LANES];
  int32_t span[LANES][LANES];
  int32_t ways[LANES][LANES];
  int32_t turned_ways[LANES][LANES];
} Probe;

typedef struct {
  int32_t similarities[256];
  int32_t turns[256];
  int32_t turned_turns[256];
  int32_t shares[48];
} Tables;

/* The first-stage scores of `count` records, those that `rows` names. Rows are in bounds. */
typedef void Scan(const Tables *tables, const Probe *probe, const uint8_t *records,
                  const uint32_t *rows, size_t count, uint16_t *scores);

Scan scan_portable;
#if defined(__x86_64__)
Scan scan_avx2;
Scan scan_avx512;
#endif

/* Records on the way while others are compared: they come in order, but not page by page. */
enum { RECORDS_AHEAD = 2, LINE_BYTES = 64 };

static inline void fetch_ahead(const uint8_t *records, const uint32_t *rows, size_t at,
                               size_t count) {
  if (at + RECORDS_AHEAD >= count) return;
  const uint8_t *record = records + (size_t)rows[at + RECORDS_AHEAD] * RECORD_BYTES;
  for (int line = 0; line < RECORD_BYTES; line += LINE_BYTES) __builtin_prefetch(record + line);
}

static inline int lanes_of(const uint8_t *record) {
  return record[1] < LANES ? record[1] : LANES;
}

/* The root of the mean square; exact, as IEEE 754 rounds roots right and this stays below 2^52. */
static inline uint16_t score_of(uint64_t squares, int32_t share) {
  return (uint16_t)__builtin_sqrt((double)((squares * (uint64_t)share) >> 16));
}

static inline int32_t x_of(const uint8_t *record, int j) {
  int16_t x;
  __builtin_memcpy(&x, record + X_AT + j * 2, 2);
  return x;
}

static inline int32_t y_of(const uint8_t *record, int j) {
  int16_t y;
  __builtin_memcpy(&y, record + Y_AT + j * 2, 2);
  return y;
}

/* Whether two pairs that turn the finger alike agree on the way from one to the other. */
static inline int agrees(const Tables *tables, const Probe *probe, int i, int k, int turn,
                         int32_t dx, int32_t dy) {
  const uint32_t beyond = (uint32_t)(dx * dx + dy * dy - probe->nearest[i][k]);
  if (beyond > (uint32_t)probe->span[i][k]) return 0;
  const int32_t cosine = (int16_t)(tables->turns[turn] & 0xffff);
  const int32_t sine = tables->turns[turn] >> 16;
  const int32_t back_x = (cosine * dx + sine * dy) >> 14;
  const int32_t back_y = (cosine * dy - sine * dx) >> 14;
  const int32_t ax = (int16_t)(probe->ways[i][k] & 0xffff);
  const int32_t ay = probe->ways[i][k] >> 16;
  const int32_t along = ax * back_x + ay * back_y;
  const int32_t across = ax * back_y - ay * back_x;
  return (across < 0 ? -across : across) * 16 <= along * WAY_TANGENT;
}

#endif
