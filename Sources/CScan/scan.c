#include "scan.h"

#include <string.h>

/* Fills a window from the first place on that fits; the slow way, byte by byte. */
static size_t scan_bytes(
    const uint8_t *text, size_t count, size_t from, const struct claw_scan_tables *t, struct claw_scan_hits *hits) {
  hits->places = 0;
  for (size_t start = from; start + 2 < count; start += 32) {
    for (size_t k = 0; k < 32 && start + k + 2 < count; k++) {
      const uint8_t *at = text + start + k;
      uint8_t fits = (uint8_t)(t->low[0][at[0] & 15] & t->high[0][at[0] >> 4]);
      if (!fits) continue;
      fits &= t->low[1][at[1] & 15] & t->high[1][at[1] >> 4];
      fits &= t->low[2][at[2] & 15] & t->high[2][at[2] >> 4];
      hits->groups[k] = fits;
      if (fits) hits->places |= (uint32_t)1 << k;
    }
    if (hits->places) return start;
  }
  return count;
}

static void count_sign(const uint8_t *text, size_t count, size_t start, size_t *plus, size_t *minus) {
  uint8_t sign = text[start];
  if (sign != '+' && sign != '-') return;
  /* The end of a line is no sign, so that what follows a short line is never looked at. */
  if (start + 2 < count && text[start + 1] == sign && text[start + 2] == sign) return;
  if (sign == '+') *plus += 1; else *minus += 1;
}

static void count_signs(const uint8_t *text, size_t count, size_t from, size_t *plus, size_t *minus) {
  for (size_t i = from; i + 1 < count; i++)
    if (text[i] == '\n') count_sign(text, count, i + 1, plus, minus);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static void count_signs_avx2(
    const uint8_t *text, size_t count, size_t *plus, size_t *minus) {
  const __m256i newline = _mm256_set1_epi8('\n');
  size_t i = 0;
  /* One byte more than is loaded, because the line behind a newline is looked at. */
  for (; i + 33 <= count; i += 32) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(text + i));
    uint32_t ends = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, newline));
    for (; ends; ends &= ends - 1) count_sign(text, count, i + (unsigned)__builtin_ctz(ends) + 1, plus, minus);
  }
  count_signs(text, count, i, plus, minus);
}

__attribute__((target("avx2"))) static inline __m256i fit(__m256i bytes, __m256i low, __m256i high) {
  const __m256i half = _mm256_set1_epi8(15);
  __m256i a = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
  __m256i b = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
  return _mm256_and_si256(a, b);
}

/* Which of 32 places fit, with the groups; 34 bytes are read. */
__attribute__((target("avx2"))) static inline uint32_t scan_window(
    const uint8_t *text, const __m256i low[3], const __m256i high[3], uint8_t *groups) {
  __m256i fits = fit(_mm256_loadu_si256((const __m256i *)text), low[0], high[0]);
  fits = _mm256_and_si256(fits, fit(_mm256_loadu_si256((const __m256i *)(text + 1)), low[1], high[1]));
  fits = _mm256_and_si256(fits, fit(_mm256_loadu_si256((const __m256i *)(text + 2)), low[2], high[2]));
  uint32_t none = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, _mm256_setzero_si256()));
  if (none != 0xFFFFFFFFu) _mm256_storeu_si256((__m256i *)groups, fits);
  return ~none;
}

__attribute__((target("avx2"))) static size_t scan_avx2(
    const uint8_t *text, size_t count, size_t from, const struct claw_scan_tables *t, struct claw_scan_hits *hits) {
  __m256i low[3], high[3];
  for (int k = 0; k < 3; k++) {
    low[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)t->low[k]));
    high[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)t->high[k]));
  }
  size_t i = from;
  for (; i + 34 <= count; i += 32) {
    hits->places = scan_window(text + i, low, high, hits->groups);
    if (hits->places) return i;
  }
  hits->places = 0;
  if (i + 2 >= count) return count;
  /* What is left is less than a window: it is looked at where zeros follow it. */
  uint8_t rest[64] = {0};
  memcpy(rest, text + i, count - i);
  uint32_t real = count - i - 2 < 32 ? ((uint32_t)1 << (count - i - 2)) - 1 : 0xFFFFFFFFu;
  hits->places = scan_window(rest, low, high, hits->groups) & real;
  return hits->places ? i : count;
}

size_t claw_scan(
    const uint8_t *text, size_t count, size_t from, const struct claw_scan_tables *tables,
    struct claw_scan_hits *hits) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return scan_avx2(text, count, from, tables, hits);
  return scan_bytes(text, count, from, tables, hits);
}

void claw_count_signs(const uint8_t *text, size_t count, size_t *plus, size_t *minus) {
  *plus = *minus = 0;
  if (count == 0) return;
  count_sign(text, count, 0, plus, minus);
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) count_signs_avx2(text, count, plus, minus);
  else count_signs(text, count, 0, plus, minus);
}
#else
void claw_count_signs(const uint8_t *text, size_t count, size_t *plus, size_t *minus) {
  *plus = *minus = 0;
  if (count == 0) return;
  count_sign(text, count, 0, plus, minus);
  count_signs(text, count, 0, plus, minus);
}

size_t claw_scan(
    const uint8_t *text, size_t count, size_t from, const struct claw_scan_tables *tables,
    struct claw_scan_hits *hits) {
  return scan_bytes(text, count, from, tables, hits);
}
#endif
