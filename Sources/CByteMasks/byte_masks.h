#pragma once

// Which of sixteen bytes have something in common, as one bit for each: a processor does it in one instruction that Swift
// has no name for. Vectors of `_Bool` are clang's, so this is right on every processor it compiles for.

#include <stdint.h>
#include <string.h>

typedef uint8_t parapet_sixteen __attribute__((ext_vector_type(16)));
typedef _Bool parapet_sixteen_bits __attribute__((ext_vector_type(16)));

static inline parapet_sixteen parapet_sixteen_at(const uint8_t *at) {
    parapet_sixteen bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

#define PARAPET_BITS(comparison)                                                             \
    do {                                                                                     \
        parapet_sixteen_bits marks = __builtin_convertvector(comparison, parapet_sixteen_bits); \
        uint16_t bits;                                                                       \
        memcpy(&bits, &marks, sizeof bits);                                                  \
        return bits;                                                                         \
    } while (0)

/// Which of the sixteen bytes from there on are spaces or below; the first byte's bit is the lowest.
static inline uint64_t parapet_up_to_spaces(const uint8_t *at) {
    PARAPET_BITS(parapet_sixteen_at(at) <= (parapet_sixteen)' ');
}

/// Which of the sixteen bytes from there on are no digits; the first byte's bit is the lowest.
static inline uint64_t parapet_not_digits(const uint8_t *at) {
    PARAPET_BITS(parapet_sixteen_at(at) - (parapet_sixteen)'0' > (parapet_sixteen)9);
}
