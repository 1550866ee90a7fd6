/* The first stage in plain C, for machines without the vector instructions of the other files. */
#include "kernel.h"

static inline int common_bits(const Probe *probe, int i, const uint8_t *words) {
  int common = 0;
  for (int word = 0; word < WORDS; word += 1) {
    uint32_t other;
    __builtin_memcpy(&other, words + word * 4, 4);
    common += __builtin_popcount(probe->descriptors[word][i] & other);
  }
  return common;
}

static uint16_t score(const Tables *tables, const Probe *probe, const uint8_t *record) {
  const int described = probe->described;
  const int lanes = lanes_of(record);
  int partner[LANES], turn[LANES];
  int32_t similarity[LANES], support[LANES] = {0};
  for (int i = 0; i < described; i += 1) {
    int32_t most = 0;
    partner[i] = -1;
    for (int j = 0; j < lanes; j += 1) {
      const uint8_t *words = record + DESCRIPTORS_AT + j * WORDS * 4;
      const int32_t likeness = common_bits(probe, i, words) * record[NORMS_AT + j];
      if (likeness <= most) continue;
      most = likeness;
      partner[i] = j;
    }
    if (partner[i] < 0) continue;
    const int32_t cosine = (most * probe->norms[i]) >> COSINE_SHIFT;
    similarity[i] = tables->similarities[cosine < 255 ? cosine : 255];
    turn[i] = (record[DIRECTIONS_AT + partner[i]] - probe->directions[i]) & 0xff;
  }
  for (int i = 0; i < described; i += 1) {
    for (int k = 0; k < described; k += 1) {
      if (partner[i] < 0 || partner[k] < 0 || partner[i] == partner[k]) continue;
      const int between = (int8_t)(turn[k] - turn[i]);
      if (between > TURN_TOLERANCE || between < -TURN_TOLERANCE) continue;
      const int32_t dx = x_of(record, partner[k]) - x_of(record, partner[i]);
      const int32_t dy = y_of(record, partner[k]) - y_of(record, partner[i]);
      if (agrees(tables, probe, i, k, turn[i], dx, dy)) support[k] += similarity[i];
    }
  }
  uint64_t squares = 0;
  for (int k = 0; k < described; k += 1) {
    const uint64_t value = partner[k] < 0 ? 0 : (uint64_t)(support[k] * similarity[k]) >> 8;
    squares += value * value;
  }
  return score_of(squares, tables->shares[described < lanes ? described : lanes]);
}

void scan_portable(const Tables *tables, const Probe *probe, const uint8_t *records,
                   const uint32_t *rows, size_t count, uint16_t *scores) {
  for (size_t at = 0; at < count; at += 1) {
    scores[at] = score(tables, probe, records + (size_t)rows[at] * RECORD_BYTES);
  }
}
