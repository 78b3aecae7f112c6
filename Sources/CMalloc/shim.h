// What glibc's allocator offers besides malloc and free; the Glibc module does not have it.
#include <malloc.h>
