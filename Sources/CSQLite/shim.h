#pragma once
#include <sqlite3.h>

// The value of SQLITE_TRANSIENT, a cast that Swift can't import.
static inline sqlite3_destructor_type claw_sqlite_transient(void) { return SQLITE_TRANSIENT; }
