/*
 * What one core of this machine can do at most of what the first stage is made of: bits counted of
 * words at hand, and bytes read from memory. Prints both as JSON, a second.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512VPOPCNTDQ__)
#include <immintrin.h>
#endif

enum { ROUNDS = 200 * 1000 * 1000, STREAM_BYTES = 1 << 30, STREAMS = 4 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* 64-bit words whose bits are counted a second, eight independent chains at once. */
static double words_counted(void) {
  volatile uint64_t kept;
  const double from = now();
#if defined(__AVX512VPOPCNTDQ__)
  __m512i sums[8], words = _mm512_set1_epi64(0x123456789abcdef);
  for (int chain = 0; chain < 8; chain += 1) sums[chain] = _mm512_set1_epi64(chain);
  for (int round = 0; round < ROUNDS / 8; round += 1) {
    for (int chain = 0; chain < 8; chain += 1) {
      sums[chain] = _mm512_popcnt_epi64(_mm512_xor_si512(sums[chain], words));
    }
  }
  for (int chain = 1; chain < 8; chain += 1) sums[0] = _mm512_add_epi64(sums[0], sums[chain]);
  kept = (uint64_t)_mm512_reduce_add_epi64(sums[0]);
  const double words_each = 8;
#else
  uint64_t sums[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int round = 0; round < ROUNDS / 8; round += 1) {
    for (int chain = 0; chain < 8; chain += 1) {
      sums[chain] = (uint64_t)__builtin_popcountll(sums[chain] ^ 0x123456789abcdef);
    }
  }
  kept = sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
  const double words_each = 1;
#endif
  (void)kept;
  return words_each * ROUNDS / (now() - from);
}

static double bytes_read(void) {
  uint64_t *words = malloc(STREAM_BYTES);
  if (!words) exit(1);
  memset(words, 1, STREAM_BYTES);
  volatile uint64_t kept;
  uint64_t sum = 0;
  const double from = now();
  for (int stream = 0; stream < STREAMS; stream += 1) {
    for (size_t at = 0; at < STREAM_BYTES / 8; at += 1) sum += words[at];
  }
  kept = sum;
  (void)kept;
  const double took = now() - from;
  free(words);
  return (double)STREAM_BYTES * STREAMS / took;
}

int main(void) {
  printf("{\"wordsCounted\": %.0f, \"bytesRead\": %.0f}\n", words_counted(), bytes_read());
  return 0;
}
