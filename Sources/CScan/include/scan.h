#ifndef CLAW_SCAN_H
#define CLAW_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* Which of eight groups of literals a byte fits, for each of the three bytes that a literal is looked for by: one table for
   the low half of the byte and one for the high half, so that sixteen entries are one register. */
struct claw_scan_tables {
  uint8_t low[3][16];
  uint8_t high[3][16];
};

/* Places among 32 that follow each other where three bytes fit a group: a bit for each, and its groups. */
struct claw_scan_hits {
  uint32_t places;
  uint8_t groups[32];
};

/* Where the first 32 places begin, counted from `from`, among which are some that fit, or `count`; which ones go into `hits`.
   Whoever wants more goes on 32 places behind it. The last two bytes of a text are no place: callers give text with two more
   bytes behind it, or look there themselves. */
size_t claw_scan(
    const uint8_t *text, size_t count, size_t from, const struct claw_scan_tables *tables,
    struct claw_scan_hits *hits);

/* How many lines begin with '+' but not with '+++', and with '-' but not with '---': what a patch adds and deletes. */
void claw_count_signs(const uint8_t *text, size_t count, size_t *plus, size_t *minus);

#endif
