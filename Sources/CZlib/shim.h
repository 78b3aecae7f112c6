#pragma once
#include <zlib.h>

// inflateInit2 is a macro, which Swift can't import: raw deflate data, as zip has it.
static inline int claw_inflate_start(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }
