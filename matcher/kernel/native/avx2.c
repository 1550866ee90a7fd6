/*
 * The first stage with AVX2: the probe's 32 minutiae are the bytes of a register, one register for
 * each byte of a descriptor; pairs that turn the finger alike are few and are looked at one by one.
 */
#include "kernel.h"

#if defined(__x86_64__)
#pragma GCC target("avx2,popcnt,bmi")
#include <immintrin.h>

enum { DESCRIPTOR_BYTES = WORDS * 4 };

typedef struct {
  __m256i even, odd;
} Wide;

static inline __m256i set_bits(__m256i bytes) {
  const __m256i counts =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
  return _mm256_add_epi8(_mm256_shuffle_epi8(counts, _mm256_and_si256(bytes, nibble)),
                         _mm256_shuffle_epi8(counts, high));
}

/* Bits in common with one minutia of the record, at most 160, for each of the probe's. */
static inline __m256i common_bits(const __m256i *descriptors, const uint8_t *bytes) {
  __m256i sum = _mm256_setzero_si256();
  for (int byte = 0; byte < DESCRIPTOR_BYTES; byte += 1) {
    const __m256i both = _mm256_and_si256(descriptors[byte], _mm256_set1_epi8((char)bytes[byte]));
    sum = _mm256_add_epi8(sum, set_bits(both));
  }
  return sum;
}

/* Takes over products, below 2^16, that are greater, and whose they are. */
static inline void keep_greater(__m256i *most, __m256i *partner, __m256i product, __m256i j) {
  const __m256i greatest = _mm256_max_epu16(*most, product);
  const __m256i is_kept = _mm256_cmpeq_epi16(greatest, *most);
  *partner = _mm256_blendv_epi8(j, *partner, is_kept);
  *most = greatest;
}

typedef struct {
  uint16_t likeness[LANES];
  uint8_t partner[LANES], turn[LANES];
  int32_t similarity[LANES];
  uint32_t some;
} Found;

static void find_partners(const __m256i *descriptors, const uint8_t *record, int lanes,
                          Found *found) {
  const __m256i zero = _mm256_setzero_si256();
  Wide most = {zero, zero}, partner = {zero, zero};
  for (int j = 0; j < lanes; j += 1) {
    const __m256i common = common_bits(descriptors, record + DESCRIPTORS_AT + j * DESCRIPTOR_BYTES);
    const __m256i norm = _mm256_set1_epi16(record[NORMS_AT + j]);
    const __m256i index = _mm256_set1_epi16((short)j);
    const __m256i even = _mm256_and_si256(common, _mm256_set1_epi16(0xff));
    const __m256i odd = _mm256_srli_epi16(common, 8);
    keep_greater(&most.even, &partner.even, _mm256_mullo_epi16(even, norm), index);
    keep_greater(&most.odd, &partner.odd, _mm256_mullo_epi16(odd, norm), index);
  }
  uint16_t even[LANES / 2], odd[LANES / 2];
  _mm256_storeu_si256((__m256i *)even, most.even);
  _mm256_storeu_si256((__m256i *)odd, most.odd);
  for (int half = 0; half < LANES / 2; half += 1) {
    found->likeness[half * 2] = even[half];
    found->likeness[half * 2 + 1] = odd[half];
  }
  const __m256i partners = _mm256_or_si256(partner.even, _mm256_slli_epi16(partner.odd, 8));
  _mm256_storeu_si256((__m256i *)found->partner, partners);
}

static void compare_partners(const Tables *tables, const Probe *probe, const uint8_t *record,
                             Found *found) {
  found->some = 0;
  for (int i = 0; i < LANES; i += 1) {
    const int32_t cosine = (found->likeness[i] * probe->norms[i]) >> COSINE_SHIFT;
    const int is_some = found->likeness[i] > 0;
    found->similarity[i] = is_some ? tables->similarities[cosine < 255 ? cosine : 255] : 0;
    const int direction = record[DIRECTIONS_AT + found->partner[i]];
    found->turn[i] = (uint8_t)(direction - probe->directions[i]);
    found->some |= (uint32_t)is_some << i;
  }
}

/* Pairs that turn the finger as pair `i` does and have another partner. */
static inline uint32_t alike(const Found *found, __m256i partners, __m256i turns, int i) {
  const __m256i between = _mm256_sub_epi8(turns, _mm256_set1_epi8((char)found->turn[i]));
  const __m256i allowed = _mm256_set1_epi8(TURN_TOLERANCE);
  const __m256i away = _mm256_abs_epi8(between);
  const __m256i is_near = _mm256_cmpeq_epi8(_mm256_min_epu8(away, allowed), away);
  const __m256i is_same = _mm256_cmpeq_epi8(partners, _mm256_set1_epi8((char)found->partner[i]));
  return (uint32_t)_mm256_movemask_epi8(_mm256_andnot_si256(is_same, is_near)) & found->some;
}

static uint16_t score(const Tables *tables, const Probe *probe, const __m256i *descriptors,
                      const uint8_t *record) {
  const int lanes = lanes_of(record);
  Found found;
  find_partners(descriptors, record, lanes, &found);
  compare_partners(tables, probe, record, &found);
  const __m256i partners = _mm256_loadu_si256((const __m256i *)found.partner);
  const __m256i turns = _mm256_loadu_si256((const __m256i *)found.turn);
  int32_t x[LANES], y[LANES], support[LANES] = {0};
  for (int i = 0; i < LANES; i += 1) {
    x[i] = x_of(record, found.partner[i]);
    y[i] = y_of(record, found.partner[i]);
  }
  for (uint32_t rest = found.some; rest != 0; rest &= rest - 1) {
    const int i = __builtin_ctz(rest);
    for (uint32_t near = alike(&found, partners, turns, i); near != 0; near &= near - 1) {
      const int k = __builtin_ctz(near);
      if (!agrees(tables, probe, i, k, found.turn[i], x[k] - x[i], y[k] - y[i])) continue;
      support[k] += found.similarity[i];
    }
  }
  uint64_t squares = 0;
  for (int k = 0; k < LANES; k += 1) {
    const uint64_t value = (uint32_t)(support[k] * found.similarity[k]) >> 8;
    squares += value * value;
  }
  const int described = probe->described;
  return score_of(squares, tables->shares[described < lanes ? described : lanes]);
}

void scan_avx2(const Tables *tables, const Probe *probe, const uint8_t *records,
               const uint32_t *rows, size_t count, uint16_t *scores) {
  uint8_t bytes[DESCRIPTOR_BYTES][LANES] __attribute__((aligned(32)));
  for (int byte = 0; byte < DESCRIPTOR_BYTES; byte += 1) {
    for (int i = 0; i < LANES; i += 1) {
      bytes[byte][i] = (uint8_t)(probe->descriptors[byte / 4][i] >> (byte % 4 * 8));
    }
  }
  for (size_t at = 0; at < count; at += 1) {
    fetch_ahead(records, rows, at, count);
    const uint8_t *record = records + (size_t)rows[at] * RECORD_BYTES;
    scores[at] = score(tables, probe, (const __m256i *)bytes, record);
  }
}
#endif
