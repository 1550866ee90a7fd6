/*
 * The first stage with AVX-512: the probe's 32 minutiae stand in the lanes of two registers and the
 * record's go by one after the other, so that the probe's descriptors stay in registers and neither
 * the best partner nor the support needs a sum across lanes.
 */
#include "kernel.h"

#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq")
#include <immintrin.h>

typedef struct {
  __m512i low, high;
} Pair;

static inline __m512i common_bits(const __m512i *probe, const uint32_t *words) {
  __m512i sum = _mm512_setzero_si512();
  for (int word = 0; word < WORDS; word += 1) {
    const __m512i both = _mm512_and_si512(probe[word * 2], _mm512_set1_epi32(words[word]));
    sum = _mm512_add_epi32(sum, _mm512_popcnt_epi32(both));
  }
  return sum;
}

static inline Pair widened(const uint8_t *bytes) {
  return (Pair){_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)bytes)),
                _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(bytes + 16)))};
}

static inline __m512i permuted(Pair table, __m512i index) {
  return _mm512_permutex2var_epi32(table.low, index, table.high);
}

static inline __m256i bytes_of(Pair words) {
  return _mm256_set_m128i(_mm512_cvtepi32_epi8(words.high), _mm512_cvtepi32_epi8(words.low));
}

/* x in the low halves, y in the high halves. */
static inline Pair places(const uint8_t *record) {
  Pair out;
  __m512i *halves[2] = {&out.low, &out.high};
  for (int half = 0; half < 2; half += 1) {
    const __m256i x = _mm256_loadu_si256((const __m256i *)(record + X_AT + half * 32));
    const __m256i y = _mm256_loadu_si256((const __m256i *)(record + Y_AT + half * 32));
    *halves[half] = _mm512_or_si512(_mm512_cvtepu16_epi32(x),
                                    _mm512_slli_epi32(_mm512_cvtepu16_epi32(y), 16));
  }
  return out;
}

/* Which of 16 lanes have the right squared distance. */
static inline __mmask16 near_enough(__mmask16 of, const Probe *probe, int i, int from,
                                    __m512i way) {
  const __m512i square = _mm512_madd_epi16(way, way);
  const __m512i beyond = _mm512_sub_epi32(square, _mm512_loadu_si512(&probe->nearest[i][from]));
  return _mm512_mask_cmple_epu32_mask(of, beyond, _mm512_loadu_si512(&probe->span[i][from]));
}

/* And in which the way, turned back, runs as the probe's does. */
static inline __mmask16 same_way(__mmask16 of, const Tables *tables, const Probe *probe, int i,
                                 int from, int turn, __m512i way) {
  const __m512i x = _mm512_madd_epi16(way, _mm512_set1_epi32(tables->turns[turn]));
  const __m512i y = _mm512_madd_epi16(way, _mm512_set1_epi32(tables->turned_turns[turn]));
  const __m512i back = _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srai_epi32(x, 14),
                                               _mm512_slli_epi32(y, 2));
  const __m512i along = _mm512_madd_epi16(back, _mm512_loadu_si512(&probe->ways[i][from]));
  const __m512i across =
      _mm512_abs_epi32(_mm512_madd_epi16(back, _mm512_loadu_si512(&probe->turned_ways[i][from])));
  const __m512i allowed = _mm512_add_epi32(along, _mm512_add_epi32(along, along));
  return _mm512_mask_cmple_epi32_mask(of, _mm512_slli_epi32(across, 4), allowed);
}

static inline uint64_t sum_of_squares(Pair support, Pair similarity) {
  const __m512i low =
      _mm512_srli_epi32(_mm512_mullo_epi32(support.low, similarity.low), 8);
  const __m512i high =
      _mm512_srli_epi32(_mm512_mullo_epi32(support.high, similarity.high), 8);
  /* Each below 2^13, so that all 32 squares stay below 2^31. */
  return (uint32_t)_mm512_reduce_add_epi32(
      _mm512_add_epi32(_mm512_madd_epi16(low, low), _mm512_madd_epi16(high, high)));
}

/* Likeness times 32, plus 31 less the partner: the first of the most alike is the largest. */
static inline Pair best_partners(const __m512i *descriptors, const uint8_t *record, int lanes) {
  int32_t norms[LANES] __attribute__((aligned(64)));
  const Pair wide = widened(record + NORMS_AT);
  _mm512_store_si512(norms, _mm512_slli_epi32(wide.low, 5));
  _mm512_store_si512(norms + 16, _mm512_slli_epi32(wide.high, 5));
  const uint32_t *words = (const uint32_t *)(record + DESCRIPTORS_AT);
  Pair best = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  for (int j = 0; j < lanes; j += 1, words += WORDS) {
    const __m512i norm = _mm512_set1_epi32(norms[j]);
    const __m512i rank = _mm512_set1_epi32(31 - j);
    const __m512i low = _mm512_madd_epi16(common_bits(descriptors, words), norm);
    const __m512i high = _mm512_madd_epi16(common_bits(descriptors + 1, words), norm);
    best.low = _mm512_max_epi32(best.low, _mm512_or_si512(low, rank));
    best.high = _mm512_max_epi32(best.high, _mm512_or_si512(high, rank));
  }
  return best;
}

static inline __m512i similar(const Tables *tables, __m512i likeness, const int32_t *norms) {
  const __m512i product = _mm512_mullo_epi32(likeness, _mm512_loadu_si512(norms));
  const __m512i cosine =
      _mm512_min_epi32(_mm512_srli_epi32(product, COSINE_SHIFT), _mm512_set1_epi32(255));
  const __mmask16 some = _mm512_test_epi32_mask(likeness, likeness);
  return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), some, cosine, tables->similarities, 4);
}

static uint16_t score(const Tables *tables, const Probe *probe, const __m512i *descriptors,
                      const uint8_t *record) {
  const int lanes = lanes_of(record);
  const Pair best = best_partners(descriptors, record, lanes);
  const __m512i last = _mm512_set1_epi32(31);
  const Pair likeness = {_mm512_srli_epi32(best.low, 5), _mm512_srli_epi32(best.high, 5)};
  const Pair partner = {_mm512_andnot_si512(best.low, last), _mm512_andnot_si512(best.high, last)};
  const Pair similarity = {similar(tables, likeness.low, probe->norms),
                           similar(tables, likeness.high, probe->norms + 16)};
  const uint32_t some = _mm512_test_epi32_mask(likeness.low, likeness.low) |
                        (uint32_t)_mm512_test_epi32_mask(likeness.high, likeness.high) << 16;
  const Pair directions = widened(record + DIRECTIONS_AT);
  const Pair turn = {_mm512_sub_epi32(permuted(directions, partner.low),
                                      _mm512_loadu_si512(probe->directions)),
                     _mm512_sub_epi32(permuted(directions, partner.high),
                                      _mm512_loadu_si512(probe->directions + 16))};
  const Pair place = places(record);
  const Pair at = {permuted(place, partner.low), permuted(place, partner.high)};

  uint8_t partners[LANES], turns[LANES];
  int32_t placed[LANES] __attribute__((aligned(64))), alike[LANES] __attribute__((aligned(64)));
  const __m256i partner_bytes = bytes_of(partner), turn_bytes = bytes_of(turn);
  _mm256_storeu_si256((__m256i *)partners, partner_bytes);
  _mm256_storeu_si256((__m256i *)turns, turn_bytes);
  _mm512_store_si512(placed, at.low);
  _mm512_store_si512(placed + 16, at.high);
  _mm512_store_si512(alike, similarity.low);
  _mm512_store_si512(alike + 16, similarity.high);

  Pair support = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  for (uint32_t rest = some; rest != 0; rest &= rest - 1) {
    const int i = __builtin_ctz(rest);
    const __m256i between = _mm256_sub_epi8(turn_bytes, _mm256_set1_epi8((char)turns[i]));
    const __mmask32 others = _mm256_mask_cmpneq_epi8_mask(some, partner_bytes,
                                                          _mm256_set1_epi8((char)partners[i]));
    const __mmask32 turned = _mm256_mask_cmple_epu8_mask(others, _mm256_abs_epi8(between),
                                                         _mm256_set1_epi8(TURN_TOLERANCE));
    const __m512i from = _mm512_set1_epi32(placed[i]);
    const __m512i low = _mm512_sub_epi16(at.low, from), high = _mm512_sub_epi16(at.high, from);
    const __mmask16 near_low = near_enough((__mmask16)turned, probe, i, 0, low);
    const __mmask16 near_high = near_enough((__mmask16)(turned >> 16), probe, i, 16, high);
    if (_kortestz_mask16_u8(near_low, near_high)) continue;
    const __m512i weight = _mm512_set1_epi32(alike[i]);
    const __mmask16 low_mask = same_way(near_low, tables, probe, i, 0, turns[i], low);
    const __mmask16 high_mask = same_way(near_high, tables, probe, i, 16, turns[i], high);
    support.low = _mm512_mask_add_epi32(support.low, low_mask, support.low, weight);
    support.high = _mm512_mask_add_epi32(support.high, high_mask, support.high, weight);
  }
  const int fewer = probe->described < lanes ? probe->described : lanes;
  return score_of(sum_of_squares(support, similarity), tables->shares[fewer]);
}

void scan_avx512(const Tables *tables, const Probe *probe, const uint8_t *records,
                 const uint32_t *rows, size_t count, uint16_t *scores) {
  __m512i descriptors[WORDS * 2];
  for (int word = 0; word < WORDS; word += 1) {
    descriptors[word * 2] = _mm512_loadu_si512(&probe->descriptors[word][0]);
    descriptors[word * 2 + 1] = _mm512_loadu_si512(&probe->descriptors[word][16]);
  }
  for (size_t at = 0; at < count; at += 1) {
    fetch_ahead(records, rows, at, count);
    const uint8_t *record = records + (size_t)rows[at] * RECORD_BYTES;
    scores[at] = score(tables, probe, descriptors, record);
  }
}
#endif
