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

// A set of texts, asked without making a string of what is looked for.
class TextTable {
public:
    void add(std::string_view text);
    bool has(const char *text, size_t length) const {
        if (slots.empty()) return false;
        for (size_t slot = hash(text, length) & (slots.size() - 1); slots[slot]; slot = (slot + 1) & (slots.size() - 1)) {
            const std::string &known = texts[slots[slot] - 1];
            if (known.size() == length && std::memcmp(known.data(), text, length) == 0) return true;
        }
        return false;
    }

private:
    // Of the length and the bytes at both ends: names that begin alike end differently.
    static uint64_t hash(const char *text, size_t length) {
        uint64_t start = 0, end = 0;
        size_t count = length < 8 ? length : 8;
        std::memcpy(&start, text, count);
        std::memcpy(&end, text + length - count, count);
        uint64_t mixed = (start ^ (end << 29 | end >> 35) ^ length) * 0x9E3779B97F4A7C15;
        return mixed ^ mixed >> 32;
    }

    std::vector<std::string> texts;
    // The number of a text, from 1 on; never more than half of them are taken.
    std::vector<uint32_t> slots;
};

// The tests of one path: any of them is enough.
struct Filter {
    bool exists = false;
    TextTable equals;
    std::vector<std::string> prefixes, suffixes, parts;

    // Sound: true wherever a comparison without regard to case, of whatever alphabet, could say so.
    bool admits(const uint8_t *text, size_t length) const;
};

// A name in the tree of the paths.
struct Node {
    std::string name;
    // Of names of at least eight bytes the first and the last eight.
    uint64_t start = 0;
    uint64_t end = 0;
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
    // The first child for each length of a name (modulo 32), and the next child with such a length.
    uint32_t byLength[32] = {};
    uint32_t sibling = 0;
    // The node whose children are those with dots in their names: few records have such names, and none pays for them.
    uint32_t dotted = 0;
    std::vector<uint32_t> children;
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
    inline uint32_t find(uint32_t parent, const uint8_t *name, size_t length) const;
    uint32_t add(uint32_t parent, std::string_view name);
    // Appends the nodes of a path: its dots are between names, or within them, as in flattened records and in many
    // parameters (`resource.tags`). All ways are known for paths of up to seven parts.
    void add_path(uint32_t node, std::string_view path, std::vector<uint32_t> &found);
    // Marks the nodes of a path among the fields, as add_path makes them.
    void add_light(uint32_t parent, std::string_view path);

private:
    inline uint32_t child(uint32_t parent, const uint8_t *name, size_t length) const;
    void mark_light(uint32_t parent, uint32_t node);
};

inline uint32_t json_plan::find(uint32_t parent, const uint8_t *name, size_t length) const {
    uint32_t found = child(parent, name, length);
    if (found || !nodes[parent].dotted) return found;
    return child(nodes[parent].dotted, name, length);
}

inline uint32_t json_plan::child(uint32_t parent, const uint8_t *name, size_t length) const {
    uint32_t child = nodes[parent].byLength[length & 31];
    while (child) {
        const parapet::Node &node = nodes[child];
        if (node.name.size() == length) {
            if (length >= 8) {
                uint64_t start, end;
                std::memcpy(&start, name, 8);
                std::memcpy(&end, name + length - 8, 8);
                if (start == node.start && end == node.end
                    && (length <= 16 || std::memcmp(name + 8, node.name.data() + 8, length - 16) == 0))
                    return child;
            } else if (std::memcmp(name, node.name.data(), length) == 0) {
                return child;
            }
        }
        child = node.sibling;
    }
    return 0;
}

#endif
