#ifndef PARAPET_INDEX_HPP
#define PARAPET_INDEX_HPP

#include <cstdint>
#include <memory>
#include <string_view>

namespace simdjson {
namespace internal {
class dom_parser_implementation;
}
}  // namespace simdjson

namespace parapet {

// Where the brackets, colons, commas and the beginnings of strings and scalars are in a JSON text: simdjson's first
// stage, which uses the widest vectors that the machine has.
class Index {
public:
    Index();
    ~Index();
    // False if the text is no UTF-8, has control characters in strings, or ends within a string.
    bool build(const uint8_t *bytes, size_t length);

    const uint8_t *bytes = nullptr;
    size_t length = 0;
    const uint32_t *places = nullptr;
    uint32_t count = 0;

    uint8_t at(uint32_t place) const { return bytes[places[place]]; }
    // Whether there is a backslash in a part of the text. The answer is cheap far from any.
    bool has_escape(const uint8_t *part, uint32_t size) const {
        return (part < plain || part + size > escape) && find_escape(part, size);
    }

private:
    bool find_escape(const uint8_t *part, uint32_t size) const;

    // The bytes from `plain` to `escape` have no backslash.
    mutable const uint8_t *plain = nullptr, *escape = nullptr;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    size_t capacity = 0;
};

// The text at a place: of a string, the bytes between the quotes.
struct Token {
    const uint8_t *bytes;
    uint32_t length;
    bool sound;

    std::string_view view() const { return {reinterpret_cast<const char *>(bytes), length}; }
};

inline Token string_at(const Index &index, uint32_t place) {
    const uint8_t *begin = index.bytes + index.places[place] + 1;
    const uint8_t *end = index.bytes + (place + 1 < index.count ? index.places[place + 1] : index.length);
    // The quote is nearly always right before the next structural character.
    while (end > begin && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t')) end--;
    if (end <= begin || end[-1] != '"') return {begin, 0, false};
    return {begin, uint32_t(end - 1 - begin), true};
}

inline Token scalar_at(const Index &index, uint32_t place) {
    const uint8_t *begin = index.bytes + index.places[place];
    const uint8_t *end = index.bytes + (place + 1 < index.count ? index.places[place + 1] : index.length);
    while (end > begin && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t')) end--;
    return {begin, uint32_t(end - begin), end > begin};
}

// Whether there is something else in the place of a value.
inline bool is_no_value(uint8_t first) {
    static const struct Signs {
        bool are[256] = {};
        constexpr Signs() { are[','] = are[':'] = are['}'] = are[']'] = true; }
    } signs;
    return signs.are[first];
}

// Whether a scalar that is no string looks like a number, true, false or null.
bool is_scalar(Token token);

static constexpr int8_t scalarStep = 2;

// The place after the value that begins at `place`, which is below the count; 0 if the index ends before the value does, or
// if a scalar in it is none, which makes `sound` false. A backslash outside of strings would otherwise hide where strings
// begin, and the same bytes would be other records if they came in other pieces.
inline uint32_t skip(const Index &index, uint32_t place, bool &sound) {
    static const struct Steps {
        int8_t of[256];
        constexpr Steps() : of() {
            for (int byte = 0; byte < 256; byte++) of[byte] = scalarStep;
            of['{'] = of['['] = 1, of['}'] = of[']'] = -1;
            of['"'] = of[','] = of[':'] = 0;
        }
    } steps;
    int64_t depth = 0;
    const uint8_t *bytes = index.bytes;
    const uint32_t *next = index.places + place, *end = index.places + index.count;
    while (next < end) {
        int8_t step = steps.of[bytes[*next++]];
        if (step == scalarStep) {
            // The last one may be cut.
            if (next < end && !is_scalar(scalar_at(index, uint32_t(next - 1 - index.places)))) return sound = false, 0;
        } else {
            depth += step;
        }
        if (depth <= 0) return uint32_t(next - index.places);
    }
    return 0;
}

}  // namespace parapet

#endif
