#include "plan.hpp"

#include <algorithm>

#include "text.hpp"

using parapet::Ends;
using parapet::Filter;
using parapet::Mark;
using parapet::Node;
using parapet::TextTable;

static bool has_any(const std::vector<std::string> &parts, std::string_view text) {
    for (const std::string &part : parts)
        if (text.find(part) != std::string_view::npos) return true;
    return false;
}

bool Filter::admits(const uint8_t *text, size_t length) const {
    if (exists) return true;
    char lower[256];
    // Too rare to be worth more.
    if (length > sizeof lower) return true;
    Ends ends(text, length);
    // Some letters of other alphabets are the same as an ASCII letter in the other case.
    if (!ends.are_ascii() || (length > 16 && !is_ascii(text, length))) return true;
    if (equals.find_folded(text, length, ends)) return true;
    auto is = [&](size_t from, const std::string &part) {
        return is_folded(text + from, reinterpret_cast<const uint8_t *>(part.data()), part.size());
    };
    for (const std::string &prefix : prefixes)
        if (length >= prefix.size() && is(0, prefix)) return true;
    for (const std::string &suffix : suffixes)
        if (length >= suffix.size() && is(length - suffix.size(), suffix)) return true;
    if (parts.empty()) return false;
    for (size_t at = 0; at < length; at++) lower[at] = char(folded(text[at]));
    return has_any(parts, {lower, length});
}

bool Filter::admits_object(const uint8_t *json, size_t length) const {
    char lower[256];
    if (exists || !equals.is_empty() || length > sizeof lower) return true;
    for (size_t at = 0; at < length; at++) {
        uint8_t byte = json[at];
        if (byte >= 0x80 || byte == '\\' || is_space(byte)) return true;
        lower[at] = char(folded(byte));
    }
    // Whatever the comparison sees is a part of this.
    std::string_view whole(lower, length);
    return has_any(prefixes, whole) || has_any(suffixes, whole) || has_any(parts, whole);
}

void TextTable::add(std::string_view text, uint32_t number) {
    const uint8_t *bytes = reinterpret_cast<const uint8_t *>(text.data());
    Ends ends(bytes, text.size());
    if (find(bytes, text.size(), ends)) return;
    entries.push_back({ends, text.size(), number, std::string(text)});
    if (entries.size() * 4 > slots.size()) slots.resize(std::max<size_t>(16, slots.size() * 2));
    slots.assign(slots.size(), 0);
    mask = slots.size() - 1;
    for (uint32_t place = 0; place < entries.size(); place++) {
        size_t slot = hash(entries[place].ends, entries[place].length) & mask;
        while (slots[slot]) slot = (slot + 1) & mask;
        slots[slot] = place + 1;
    }
}

json_plan::json_plan() : nodes(3) {
    for (uint32_t root : {fieldRoot, filterRoot}) {
        for (const char *name : {"eventName", "eventVersion", "eventTime"}) nodes[add(root, name)].mark = Mark::record;
        for (const char *name : parapet::recordsNames) nodes[add(root, name)].mark = Mark::records;
        nodes[add(root, parapet::rowsName)].mark = Mark::rows;
        for (const char *name : {"eventData", "CloudTrailEvent"}) nodes[add(root, name)].mark = Mark::envelope;
        for (const char *name : {"detail", "message", "Message", "Body"}) nodes[add(root, name)].mark = Mark::weakEnvelope;
    }
}

uint32_t json_plan::add(uint32_t parent, std::string_view name) {
    if (uint32_t known = find(parent, name)) return known;
    uint32_t number = uint32_t(nodes.size());
    nodes.emplace_back();
    nodes.back().name = name;
    Node &holder = nodes[parent];
    (name.find('.') != std::string_view::npos ? holder.dotted : holder.names).add(name, number);
    if (!name.empty()) {
        const uint8_t *bytes = reinterpret_cast<const uint8_t *>(name.data());
        nodes.back().ends = Ends(bytes, name.size());
        uint32_t &only = holder.byKind[kind(bytes, name.size())];
        only = only ? Node::several : number;
    }
    holder.children.push_back(number);
    return number;
}

void json_plan::add_path(uint32_t node, std::string_view path, std::vector<uint32_t> &found) {
    bool everyWay = std::count(path.begin(), path.end(), '.') <= 6;
    for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        uint32_t next = add(node, path.substr(0, dot));
        nodes[next].wanted = true;
        add_path(next, path.substr(dot + 1), found);
        if (!everyWay) break;
    }
    uint32_t last = add(node, path);
    nodes[last].wanted = true;
    found.push_back(last);
}

void json_plan::add_light(uint32_t parent, std::string_view path) {
    for (size_t dot = path.find('.'); dot <= path.size(); dot = path.find('.', dot + 1)) {
        std::string_view name = path.substr(0, dot);
        uint32_t node = find(parent, name);
        if (!node) continue;
        mark_light(parent, node);
        add_light(node, path.substr(dot + 1));
    }
    uint32_t node = find(parent, path);
    if (node) mark_light(parent, node);
}

void json_plan::mark_light(uint32_t parent, uint32_t node) {
    nodes[node].light = true;
    if (nodes[node].field >= 0) lightFields.push_back(uint32_t(nodes[node].field));
    if (parent != fieldRoot) return;
    uint32_t filter = add(filterRoot, std::string(nodes[node].name));
    nodes[filter].lightMember = node;
}

static std::vector<uint32_t> added(json_plan *plan, uint32_t root, std::string_view path) {
    std::vector<uint32_t> found;
    plan->add_path(root, path, found);
    return found;
}

json_plan *json_plan_new(void) { return new json_plan(); }

void json_plan_free(json_plan *plan) { delete plan; }

void json_plan_field(json_plan *plan, const char *path, size_t length) {
    int32_t field = int32_t(plan->fields++);
    for (uint32_t node : added(plan, json_plan::fieldRoot, {path, length})) plan->nodes[node].field = field;
}

static void add_filter(
    json_plan *plan, int32_t Node::*kind, std::string_view path, json_test test, std::string_view text) {
    plan->filtering = true;
    for (uint32_t number : added(plan, json_plan::filterRoot, path)) {
        int32_t &place = plan->nodes[number].*kind;
        if (place < 0) {
            place = int32_t(plan->filters.size());
            plan->filters.emplace_back();
        }
        Filter &filter = plan->filters[size_t(place)];
        switch (test) {
            case JSON_TEST_EQUALS:
                // Texts that do not fit into the buffer of admits() are never distinguished.
                if (text.size() > 256) filter.exists = true;
                else filter.equals.add(text, 1);
                break;
            case JSON_TEST_PREFIX: filter.prefixes.emplace_back(text); break;
            case JSON_TEST_SUFFIX: filter.suffixes.emplace_back(text); break;
            case JSON_TEST_CONTAINS: filter.parts.emplace_back(text); break;
            case JSON_TEST_EXISTS: filter.exists = true; break;
        }
    }
}

void json_plan_filter(
    json_plan *plan, const char *path, size_t path_length, json_test test, const uint8_t *value, size_t length) {
    add_filter(plan, &Node::filter, {path, path_length}, test, {reinterpret_cast<const char *>(value), length});
}

void json_plan_close(json_plan *plan) { plan->filtering = true; }

void json_plan_light_filter(
    json_plan *plan, const char *path, size_t path_length, json_test test, const uint8_t *value, size_t length) {
    add_filter(plan, &Node::lightFilter, {path, path_length}, test, {reinterpret_cast<const char *>(value), length});
}

void json_plan_light_all(json_plan *plan) { plan->filtering = plan->allAreLight = true; }

void json_plan_light_field(json_plan *plan, const char *path, size_t length) {
    plan->add_light(json_plan::fieldRoot, {path, length});
}
