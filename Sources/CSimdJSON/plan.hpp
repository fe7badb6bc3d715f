#ifndef PARAPET_PLAN_HPP
#define PARAPET_PLAN_HPP

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "CSimdJSON.h"

namespace parapet {

// The meaning of a name for its object, at the top level of a record.
enum class Mark : uint8_t {
    none,
    // The object is a record of CloudTrail.
    record,
    // An array of records.
    records,
    // An array of rows: arrays of objects that make a record together.
    rows,
    // The record is the value, or its text is, whatever else the object has.
    envelope,
    // The same meaning, unless the object is a record itself.
    weakEnvelope,
};

// Names of arrays of records, and of the one of rows.
constexpr const char *recordsNames[] = {"Records", "Events", "events", "logEvents", "Messages"};
constexpr const char *rowsName = "QueryResultRows";

// The first and the last eight bytes of a text, or all bytes of a shorter one: with its length, they are all of a text of up
// to sixteen bytes.
struct Ends {
    uint64_t start = 0, end = 0;

    Ends(const uint8_t *text, size_t length) {
        if (length >= 8) {
            std::memcpy(&start, text, 8);
            std::memcpy(&end, text + length - 8, 8);
        } else if (length >= 4) {
            uint32_t first, last;
            std::memcpy(&first, text, 4);
            std::memcpy(&last, text + length - 4, 4);
            start = first | uint64_t(last) << 32;
        } else if (length > 0) {
            start = text[0] | uint64_t(text[length / 2]) << 8 | uint64_t(text[length - 1]) << 16;
        }
    }
    bool operator==(Ends other) const { return start == other.start && end == other.end; }
    bool are_ascii() const { return ((start | end) & each(0x80)) == 0; }
    // With ASCII letters in lower case.
    Ends folded() const {
        Ends result = *this;
        result.start = folded(start), result.end = folded(end);
        return result;
    }

private:
    static constexpr uint64_t each(uint8_t byte) { return byte * UINT64_C(0x0101010101010101); }
    static uint64_t folded(uint64_t bytes) {
        uint64_t low = bytes & each(0x7F);
        uint64_t fromA = low + each(0x80 - 'A'), behindZ = low + each(0x7F - 'Z');
        return bytes | ((fromA ^ behindZ) & ~bytes & each(0x80)) >> 2;
    }
};

inline uint8_t folded(uint8_t byte) { return uint8_t(byte - 'A') < 26 ? byte | 0x20 : byte; }

// Whether a text of that length is another one when its ASCII letters are in lower case.
inline bool is_folded(const uint8_t *text, const uint8_t *other, size_t length) {
    for (size_t at = 0; at < length; at++)
        if (folded(text[at]) != other[at]) return false;
    return true;
}

// Numbers by texts, found without making a string of what is looked for.
class TextTable {
public:
    // - number: not 0.
    void add(std::string_view text, uint32_t number);
    bool is_empty() const { return entries.empty(); }
    // The number of a text; 0 for none.
    uint32_t find(const uint8_t *text, size_t length, Ends ends) const {
        auto isMiddle = [&](const uint8_t *known, size_t count) { return std::memcmp(text + 8, known, count) == 0; };
        return find(length, ends, isMiddle);
    }
    // The same for the text with ASCII letters in lower case.
    uint32_t find_folded(const uint8_t *text, size_t length, Ends ends) const {
        auto isMiddle = [&](const uint8_t *known, size_t count) { return is_folded(text + 8, known, count); };
        return find(length, ends.folded(), isMiddle);
    }

private:
    struct Entry {
        Ends ends;
        size_t length;
        uint32_t number;
        std::string text;
    };

    static size_t hash(Ends ends, size_t length) {
        // Names that begin alike end differently.
        uint64_t mixed = (ends.start ^ (ends.end << 29 | ends.end >> 35) ^ length) * 0x9E3779B97F4A7C15;
        return size_t(mixed >> 32);
    }
    // - isMiddle: compares the bytes that are not among the ends.
    template <typename IsMiddle> uint32_t find(size_t length, Ends ends, IsMiddle isMiddle) const {
        if (slots.empty()) return 0;
        for (size_t slot = hash(ends, length) & mask; slots[slot]; slot = (slot + 1) & mask) {
            const Entry &known = entries[slots[slot] - 1];
            if (known.ends == ends && known.length == length
                && (length <= 16 || isMiddle(reinterpret_cast<const uint8_t *>(known.text.data()) + 8, length - 16)))
                return known.number;
        }
        return 0;
    }

    std::vector<Entry> entries;
    // The places of the entries, from 1 on; most are free, since most texts that are looked for are not there.
    std::vector<uint32_t> slots;
    size_t mask = 0;
};

// The tests of one path: any of them is enough.
struct Filter {
    bool exists = false;
    TextTable equals;
    std::vector<std::string> prefixes, suffixes, parts;

    // Sound: true wherever a comparison without regard to case, of whatever alphabet, could say so.
    bool admits(const uint8_t *text, size_t length) const;
    // The same for the text of an object. A comparison sees it without white space, and the texts in it.
    bool admits_object(const uint8_t *json, size_t length) const;
};

// A name in the tree of the paths.
struct Node {
    std::string name;
    Ends ends{nullptr, 0};
    int32_t field = -1;
    // Their places in `filters`; -1 for none.
    int32_t filter = -1;
    int32_t lightFilter = -1;
    // Among the filters, of names at the top of a record: the field's node of a member that can hold a light field.
    uint32_t lightMember = 0;
    // Among the fields: it leads to a light field, or is one.
    bool light = false;
    Mark mark = Mark::none;
    bool wanted = false;
    // The children by their names, but those with dots in their names are in the second one: few records have such names,
    // and none pays for them.
    TextTable names, dotted;
    // By the kind of a name, the only child whose name is of that kind, or `several`: most names of records are of none.
    static constexpr uint32_t kindCount = 128, several = UINT32_MAX;
    uint32_t byKind[kindCount] = {};
    std::vector<uint32_t> children;

    bool is_named(const uint8_t *text, size_t length, Ends other) const {
        return ends == other && name.size() == length
            && (length <= 16 || std::memcmp(name.data() + 8, text + 8, length - 16) == 0);
    }
};

}  // namespace parapet

struct json_plan {
    std::vector<parapet::Node> nodes;
    std::vector<parapet::Filter> filters;
    uint32_t fields = 0;
    bool filtering = false;
    // The fields that light nodes have.
    std::vector<uint32_t> lightFields;
    // Whether all records are at least light.
    bool allAreLight = false;

    // Places in `nodes`; 0 for none.
    static constexpr uint32_t fieldRoot = 1, filterRoot = 2;

    json_plan();
    // The child of that name; 0 for none.
    uint32_t find(uint32_t parent, std::string_view name) const {
        const parapet::Node &node = nodes[parent];
        const uint8_t *bytes = reinterpret_cast<const uint8_t *>(name.data());
        uint32_t child = name.empty() ? 0 : node.byKind[kind(bytes, name.size())];
        if (!child) return 0;
        parapet::Ends ends(bytes, name.size());
        if (child != parapet::Node::several) return nodes[child].is_named(bytes, name.size(), ends) ? child : 0;
        uint32_t found = node.names.find(bytes, name.size(), ends);
        return found ? found : node.dotted.find(bytes, name.size(), ends);
    }
    uint32_t add(uint32_t parent, std::string_view name);
    // Appends the nodes of a path: its dots are between names, or within them, as in flattened records and in many
    // parameters (`resource.tags`). All ways are known for paths of up to seven parts.
    void add_path(uint32_t node, std::string_view path, std::vector<uint32_t> &found);
    // The quote before an empty name decides about it.
    static unsigned kind(const uint8_t *name, size_t length) {
        return unsigned(length + 13 * name[0] + 29 * name[length - 1 - length / 4]) % parapet::Node::kindCount;
    }
    // Marks the nodes of a path among the fields, as add_path makes them.
    void add_light(uint32_t parent, std::string_view path);

private:
    void mark_light(uint32_t parent, uint32_t node);
};

#endif
