#ifndef PARAPET_TEXT_HPP
#define PARAPET_TEXT_HPP

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace parapet {

// Memory that is released all at once, so that its contents never move.
class Arena {
public:
    uint8_t *take(size_t count) {
        if (blocks.empty() || count > blocks.back().size - used) {
            size_t size = std::max<size_t>(count, 64 << 10);
            blocks.push_back({std::unique_ptr<uint8_t[]>(new uint8_t[size]), size});
            used = 0;
        }
        uint8_t *taken = blocks.back().bytes.get() + used;
        used += count;
        return taken;
    }
    // Leaves the rest of what was taken last to the next.
    void give_back(size_t count) { used -= count; }
    void clear() {
        if (blocks.size() > 1) blocks.clear();
        used = 0;
    }

private:
    struct Block {
        std::unique_ptr<uint8_t[]> bytes;
        size_t size;
    };
    std::vector<Block> blocks;
    size_t used = 0;
};

inline bool has_backslash(const uint8_t *text, size_t length) {
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi8('\\');
    size_t at = 0;
    if (length >= 16) {
        for (; at + 16 <= length; at += 16) {
            __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(text + at));
            if (_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted))) return true;
        }
        if (at == length) return false;
        // The last 16 bytes, some of them for the second time.
        __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(text + length - 16));
        return _mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)) != 0;
    }
    // The first and the last bytes of shorter ones, some of them twice: names are as short as that.
    if (length >= 8) {
        __m128i first = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(text));
        __m128i last = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(text + length - 8));
        return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_unpacklo_epi64(first, last), wanted)) != 0;
    }
    if (length >= 4) {
        int first, last;
        std::memcpy(&first, text, 4);
        std::memcpy(&last, text + length - 4, 4);
        __m128i both = _mm_unpacklo_epi32(_mm_cvtsi32_si128(first), _mm_cvtsi32_si128(last));
        return (_mm_movemask_epi8(_mm_cmpeq_epi8(both, wanted)) & 0xFF) != 0;
    }
    for (; at < length; at++)
        if (text[at] == '\\') return true;
    return false;
#else
    return std::memchr(text, '\\', length) != nullptr;
#endif
}

// Whether a text of at least 16 bytes has ASCII characters only.
inline bool is_ascii(const uint8_t *text, size_t length) {
    uint64_t all = 0, word;
    for (size_t at = 0; at + 8 <= length; at += 8) {
        std::memcpy(&word, text + at, 8);
        all |= word;
    }
    std::memcpy(&word, text + length - 8, 8);
    return ((all | word) & 0x8080808080808080) == 0;
}

inline bool is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

// Decodes the text between the quotes into `output`, which has room for `length` bytes. Invalid escapes are kept, and
// half a UTF-16 pair becomes U+FFFD: nothing can be hidden behind a mistake.
size_t unescape(const uint8_t *text, size_t length, uint8_t *output);

// Appends a text with the escapes that JSON demands.
void append_escaped(std::string &output, const uint8_t *text, size_t length);

// A copy of the same length without bytes that JSON does not allow: question marks replace invalid UTF-8, spaces
// replace control characters. With `keepsLines`, line breaks and tabs are kept, which are allowed between strings.
void repair(const uint8_t *text, size_t length, bool keepsLines, std::string &output);

}  // namespace parapet

#endif
