#include "CFlowLine.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)

static inline __m256i load(const uint8_t *at) { return _mm256_loadu_si256((const __m256i *)at); }

/// One bit for each byte. The first byte's bit is the lowest.
static inline uint32_t bits(__m256i marks) { return (uint32_t)_mm256_movemask_epi8(marks); }

static inline __m256i are(__m256i bytes, char what) { return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(what)); }

/// Converts digits to their values, and all other bytes to more than nine.
static inline __m256i values(__m256i bytes) { return _mm256_sub_epi8(bytes, _mm256_set1_epi8('0')); }

static inline __m256i exceed_nine(__m256i values) {
    return _mm256_cmpeq_epi8(_mm256_max_epu8(values, _mm256_set1_epi8(10)), values);
}

static inline __m256i up_to_space(__m256i bytes) {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(' ')), bytes);
}

static inline uint64_t joined(uint32_t low, uint32_t high) { return (uint64_t)high << 32 | low; }

/// The place of the lowest bit, which is cleared; 64 if there is none.
static inline uint32_t next(uint64_t *bits) {
    uint32_t place = (uint32_t)_tzcnt_u64(*bits);
    *bits = _blsr_u64(*bits);
    return place;
}

/// The four bytes before a place.
static inline int32_t four_before(const uint8_t *end) {
    int32_t bytes;
    memcpy(&bytes, end - 4, sizeof bytes);
    return bytes;
}

static inline int64_t eight_before(const uint8_t *end) {
    int64_t bytes;
    memcpy(&bytes, end - 8, sizeof bytes);
    return bytes;
}

/// Two addresses, each with a space behind it.
/// - Returns: their length with both spaces; 0 if the text is anything else.
static inline uint32_t read_addresses(const uint8_t *at, struct parapet_flow_line *flow) {
    // Two addresses have 32 bytes at most.
    __m256i bytes = load(at);
    uint32_t others = bits(exceed_nine(values(bytes)));
    uint32_t spaces = bits(are(bytes, ' '));
    uint32_t dots = bits(are(bytes, '.'));
    uint64_t rest = others;
    uint32_t a = next(&rest), b = next(&rest), c = next(&rest), d = next(&rest);
    uint32_t e = next(&rest), f = next(&rest), g = next(&rest);
    if (rest == 0) return 0;
    uint32_t h = next(&rest);
    uint32_t wrong = _bzhi_u32((spaces ^ (1u << d | 1u << h)) | (others ^ (dots | spaces)), h + 1);
    // A zero that begins an octet and is followed by a digit: 01.2.3.4 is no address.
    uint32_t zeros = bits(are(bytes, '0'));
    wrong |= _bzhi_u32(zeros & (others << 1 | 1) & ~(others >> 1), h);

    // The last four bytes of each octet: at least one of them is no digit, and no digit precedes it.
    __m256i parts = values(_mm256_setr_epi32(
        four_before(at + a), four_before(at + b), four_before(at + c), four_before(at + d),
        four_before(at + e), four_before(at + f), four_before(at + g), four_before(at + h)));
    __m256i before = exceed_nine(parts);
    uint32_t marks = bits(before);
    wrong |= (marks & 0x88888888) | (~(marks + 0x77777777) & 0x88888888);
    // The bytes before it belong to another field.
    before = _mm256_or_si256(before, _mm256_srli_epi32(before, 8));
    before = _mm256_or_si256(before, _mm256_srli_epi32(before, 16));
    parts = _mm256_andnot_si256(before, parts);
    parts = _mm256_maddubs_epi16(parts, _mm256_set1_epi32(0x010A6400));
    parts = _mm256_madd_epi16(parts, _mm256_set1_epi16(1));
    if (wrong != 0 || !_mm256_testz_si256(parts, _mm256_set1_epi32(~0xFF))) return 0;
    parts = _mm256_shuffle_epi8(parts, _mm256_set1_epi32(0x0004080C));
    flow->source = (uint32_t)_mm_cvtsi128_si32(_mm256_castsi256_si128(parts));
    flow->destination = (uint32_t)_mm_cvtsi128_si32(_mm256_extracti128_si256(parts, 1));
    return h + 1;
}

/// Clears the bytes before the number's first digit.
static inline __m256i without_before(__m256i values, __m256i others) {
    others = _mm256_or_si256(others, _mm256_srli_epi64(others, 8));
    others = _mm256_or_si256(others, _mm256_srli_epi64(others, 16));
    others = _mm256_or_si256(others, _mm256_srli_epi64(others, 32));
    return _mm256_andnot_si256(others, values);
}

/// Converts eight digits in 64 bits to two numbers of four digits in 32 bits each.
static inline __m256i fours(__m256i digits) {
    __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
    return _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
}

/// Ports, protocol, packets, bytes, start and end, each with a space behind it.
/// - Returns: their length; 0 if the text is anything else, or a number is larger than usual.
static inline uint32_t read_numbers(const uint8_t *at, struct parapet_flow_line *flow) {
    __m256i low = load(at), high = load(at + 32);
    uint64_t others = joined(bits(exceed_nine(values(low))), bits(exceed_nine(values(high))));
    uint64_t spaces = joined(bits(are(low, ' ')), bits(are(high, ' ')));
    uint64_t rest = others;
    uint32_t a = next(&rest), b = next(&rest), c = next(&rest), d = next(&rest), e = next(&rest), f = next(&rest);
    if (rest == 0) return 0;
    uint32_t g = next(&rest);
    // The bytes have eight digits at most, and times ten, as they have until 2286.
    if (_bzhi_u64(others ^ spaces, g + 1) != 0 || e - d > 9 || f - e != 11 || g - f != 11) return 0;

    // Of each number the last eight digits.
    __m256i first = values(_mm256_setr_epi64x(
        eight_before(at + a), eight_before(at + b), eight_before(at + c), eight_before(at + d)));
    __m256i second =
        values(_mm256_setr_epi64x(eight_before(at + e), eight_before(at + f), eight_before(at + g), 0));
    __m256i others_first = exceed_nine(first), others_second = exceed_nine(second);
    uint32_t marks = bits(others_first);
    // The four numbers before the bytes have one to seven digits, and the bytes at least one.
    uint32_t wrong = (marks & 0x80808080) | (~(marks + 0x7F7F7F7F) & 0x80808080) | (bits(others_second) & 0x80);
    first = fours(without_before(first, others_first));
    second = fours(without_before(second, others_second));
    __m256i numbers = _mm256_madd_epi16(_mm256_packus_epi32(first, second), _mm256_set1_epi32(0x00012710));
    // Packing puts the first halves of both behind each other, then the second halves.
    uint32_t number[8];
    _mm256_storeu_si256((__m256i *)number, numbers);
    wrong |= (number[0] | number[1]) >> 16 | number[4] >> 8;
    if (wrong != 0) return 0;
    flow->source_port = number[0];
    flow->destination_port = number[1];
    flow->bytes = number[2];
    flow->transport = (uint8_t)number[4];
    flow->packets = number[5];
    flow->start = ((at[e + 1] - '0') * 10u + (at[e + 2] - '0')) * 100000000ull + number[3];
    flow->end = ((at[f + 1] - '0') * 10u + (at[f + 2] - '0')) * 100000000ull + number[6];
    return g + 1;
}

/// The offset of the first newline behind the first 64 bytes: that of a line of usual length. For a shorter line it
/// is another line's, for a longer one it may be 0; read_line finds a different end in both cases.
static inline uint32_t usual_length(const uint8_t *line) {
    uint64_t newlines = joined(bits(are(load(line + 64), '\n')), bits(are(load(line + 96), '\n')));
    return newlines == 0 ? 0 : 64 + (uint32_t)_tzcnt_u64(newlines);
}

/// Not inlined: otherwise reading the next line would wait until this line's last field is found, and not only its
/// newline, which takes four times as long.
__attribute__((noinline)) static bool
read_line(const uint8_t *line, uint32_t length, struct parapet_flow_line *flow) {
    // Version, account and interface.
    const uint8_t *account = line + 2;
    uint64_t spaces = joined(bits(up_to_space(load(account))), bits(up_to_space(load(account + 32))));
    uint32_t account_end = next(&spaces);
    if (spaces == 0) return false;
    uint32_t interface_end = next(&spaces);
    if ((uint8_t)(line[0] - '0') > 9 || line[1] != ' ' || account_end == 0 || interface_end <= account_end + 1
        || account[account_end] != ' ' || account[interface_end] != ' ')
        return false;
    flow->line = line;
    flow->length = length;
    flow->account_length = account_end;
    flow->interface_length = interface_end - account_end - 1;

    const uint8_t *at = account + interface_end + 1;
    uint32_t taken = read_addresses(at, flow);
    if (taken == 0) return false;
    at += taken;
    taken = read_numbers(at, flow);
    if (taken == 0) return false;
    at += taken;
    flow->is_accepted = memcmp(at, "ACCEPT OK\n", 10) == 0;
    return (flow->is_accepted || memcmp(at, "REJECT OK\n", 10) == 0) && at + 9 == line + length;
}

uint32_t parapet_read_flow_lines(
    const uint8_t *line, const uint8_t *end, struct parapet_flow_line *flows, uint32_t most) {
    uint32_t count = 0;
    while (count < most && end - line >= PARAPET_FLOW_LINE_REACH) {
        uint32_t length = usual_length(line);
        if (length == 0 || !read_line(line, length, flows + count)) break;
        line += length + 1;
        count += 1;
    }
    return count;
}

#pragma clang attribute pop

bool parapet_flow_lines_are_read(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

#else

bool parapet_flow_lines_are_read(void) { return false; }

uint32_t parapet_read_flow_lines(
    const uint8_t *line, const uint8_t *end, struct parapet_flow_line *flows, uint32_t most) {
    (void)line;
    (void)end;
    (void)flows;
    (void)most;
    return 0;
}

#endif
