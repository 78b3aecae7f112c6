#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer without its main: SwiftPM gives the executable one.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
