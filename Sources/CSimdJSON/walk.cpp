#include "walk.hpp"

#include <algorithm>

namespace parapet {

// The deepest nesting of arrays that is searched.
static constexpr int deepest = 64;
// How many texts within texts are read, and how many of one record.
static constexpr int deepestText = 4;
static constexpr uint32_t mostTexts = 64;

// Whether a text between quotes may be a JSON object or array. Its white space may be escaped.
static bool may_be_json(Token text) {
    uint32_t at = 0;
    while (at < text.length && is_space(text.bytes[at])) at++;
    return at < text.length && (text.bytes[at] == '{' || text.bytes[at] == '[' || text.bytes[at] == '\\');
}

json_kind scalar_kind(Token token) {
    auto is = [&](const char *word, size_t length) {
        return token.length == length && std::memcmp(token.bytes, word, length) == 0;
    };
    if (!token.sound) return JSON_ABSENT;
    switch (token.bytes[0]) {
        case 't': return is("true", 4) ? JSON_TRUE : JSON_ABSENT;
        case 'f': return is("false", 5) ? JSON_FALSE : JSON_ABSENT;
        case 'n': return is("null", 4) ? JSON_NULL : JSON_ABSENT;
        default: break;
    }
    for (uint32_t at = 0; at < token.length; at++) {
        uint8_t byte = token.bytes[at];
        bool sign = byte == '-' || byte == '+' || byte == '.' || byte == 'e' || byte == 'E';
        if (!sign && (byte < '0' || byte > '9')) return JSON_ABSENT;
    }
    return JSON_NUMBER;
}

bool is_scalar(Token token) { return scalar_kind(token) != JSON_ABSENT; }

void Walk::clear() {
    values.resize(plan.fields + 1);
    std::memset(static_cast<void *>(values.data()), 0, values.size() * sizeof(json_value));
    tails.assign(plan.fields, 0);
    arena.clear();
    textCount = source = 0;
    isLight = false;
}

Ending Walk::light_fields() {
    if (isLight) {
        values.resize(plan.fields + 1);
        for (uint32_t field : plan.lightFields) {
            values[field] = json_value();
            tails[field] = 0;
        }
        arena.clear();
        textCount = source = 0;
    } else {
        clear();
        isLight = true;
    }
    for (Member member : lightMembers)
        if (!value<false>(member.place, member.node, false, 0)) break;
    return ending;
}

template <bool Filtering> Ending Walk::run(const Index &read, uint32_t place, uint32_t &after) {
    index = &read;
    findings = Findings();
    findings.isLight = plan.allAreLight;
    lightMembers.clear();
    ending = Ending::whole;
    after = object<Filtering>(place, Filtering ? json_plan::filterRoot : json_plan::fieldRoot, false, true);
    return ending;
}

template Ending Walk::run<true>(const Index &, uint32_t, uint32_t &);
template Ending Walk::run<false>(const Index &, uint32_t, uint32_t &);

template <bool Filtering> uint32_t Walk::object(uint32_t place, uint32_t node, bool inList, bool atTop) {
    const Index &index = *this->index;
    const uint8_t *const bytes = index.bytes;
    const uint32_t *const places = index.places, *const end = places + index.count;
    const uint32_t *entry = places + place + 1;
    const uint64_t self = ++objects;
    const uint32_t *const byKind = plan.nodes[node].byKind;
    if (entry < end && bytes[*entry] == '}') return place + 2;
    while (true) {
        if (end - entry <= 2) return stop(Ending::cut);
        const uint32_t quote = entry[0], colon = entry[1];
        const uint8_t *name = bytes + quote + 1;
        if (bytes[quote] != '"' || bytes[colon] != ':') return stop(Ending::broken);
        uint32_t length = colon - quote - 2;
        // White space is before the colon.
        if (bytes[colon - 1] != '"' || length > colon) {
            Token text = string_at(index, uint32_t(entry - places));
            if (!text.sound) return stop(Ending::broken);
            length = text.length;
        }
        entry += 2;
        uint32_t found = 0;
        if (byKind[json_plan::kind(name, length)]) found = plan.find(node, Token{name, length, true}.view());
        if (!found && index.has_escape(name, length)) found = spelt(node, {name, length, true});
        bool isWanted = false;
        place = uint32_t(entry - places);
        if (found) {
            const Node &at = plan.nodes[found];
            if (atTop && at.mark != Mark::none && !note(at.mark, place)) return stop(Ending::container);
            // Of two with the same name the last one counts, as in most readers of JSON.
            if (!Filtering && seen[found] == self && !inList) forget(found);
            if (Filtering && atTop && at.lightMember) note_light(found, place, seen[found] == self);
            seen[found] = self;
            isWanted = at.wanted && (Filtering || !isLight || at.light);
        }
        const uint8_t first = bytes[*entry];
        if (first == '"' && !isWanted) {
            entry++;
        } else {
            if (is_no_value(first)) return stop(Ending::broken);
            place = isWanted ? value<Filtering>(place, found, inList, 0) : pass(place);
            if (!place) return ending == Ending::whole ? stop(Ending::cut) : 0;
            entry = places + place;
        }
        if (entry >= end) return stop(Ending::cut);
        uint8_t next = bytes[*entry++];
        if (next == '}') return uint32_t(entry - places);
        if (next != ',') return stop(Ending::broken);
    }
}

template <bool Filtering> uint32_t Walk::value(uint32_t place, uint32_t node, bool inList, int nesting) {
    const Index &index = *this->index;
    const Node &at = plan.nodes[node];
    uint8_t first = index.at(place);
    if (first == '{') {
        uint32_t after = at.children.empty() ? pass(place) : object<Filtering>(place, node, inList, false);
        // Only an object that is not searched can end so.
        if (after && index.at(after - 1) != '}') return stop(Ending::broken);
        if (after && Filtering && at.filter >= 0 && has(at.filter, place, after)) return stop(Ending::admitted);
        if (after && Filtering && at.lightFilter >= 0 && has(at.lightFilter, place, after)) findings.isLight = true;
        if (after && !Filtering && at.field >= 0) {
            json_value found = {};
            found.kind = JSON_OBJECT;
            found.bytes = index.bytes + index.places[place];
            found.length = index.places[after - 1] + 1 - index.places[place];
            found.first = place;
            found.last = after;
            found.source = source;
            store(at.field, found, inList);
        }
        return after;
    }
    if (first != '[') return leaf<Filtering>(place, node, inList);
    if (Filtering && at.filter >= 0 && plan.filters[size_t(at.filter)].exists) return stop(Ending::admitted);
    if (Filtering && at.lightFilter >= 0 && plan.filters[size_t(at.lightFilter)].exists) findings.isLight = true;
    if (nesting >= deepest) return pass(place);
    if (!Filtering && at.field >= 0 && values[size_t(at.field)].kind != JSON_LIST) {
        json_value none = {};
        none.kind = JSON_LIST;
        values[size_t(at.field)] = none;
        tails[size_t(at.field)] = 0;
    }
    place++;
    if (place < index.count && index.at(place) == ']') return place + 1;
    while (true) {
        if (place >= index.count) return stop(Ending::cut);
        place = value<Filtering>(place, node, true, nesting + 1);
        if (!place) return ending == Ending::whole ? stop(Ending::cut) : 0;
        if (place >= index.count) return stop(Ending::cut);
        uint8_t next = index.at(place++);
        if (next == ']') return place;
        if (next != ',') return stop(Ending::broken);
    }
}

template <bool Filtering> uint32_t Walk::leaf(uint32_t place, uint32_t node, bool inList) {
    const Node &at = plan.nodes[node];
    json_value found = {};
    if (index->at(place) == '"') {
        Token text = string_at(*index, place);
        if (!text.sound) return stop(place + 1 < index->count ? Ending::broken : Ending::cut);
        bool isJSON = !at.children.empty() && may_be_json(text);
        if (Filtering) {
            if (isJSON || admits(at.filter, text)) return stop(Ending::admitted);
            if (!findings.isLight && admits(at.lightFilter, text)) findings.isLight = true;
            return place + 1;
        }
        if (isJSON) within(text, node, inList);
        if (at.field < 0) return place + 1;
        found.kind = JSON_TEXT;
        found.bytes = text.bytes;
        found.length = text.length;
        if (has_backslash(text.bytes, text.length)) {
            uint8_t *output = arena.take(text.length);
            found.length = uint32_t(unescape(text.bytes, text.length, output));
            found.bytes = output;
        }
    } else {
        Token scalar = scalar_at(*index, place);
        found.kind = scalar_kind(scalar);
        if (found.kind == JSON_ABSENT) return stop(place + 1 < index->count ? Ending::broken : Ending::cut);
        if (Filtering) {
            if (admits(at.filter, found.kind, scalar)) return stop(Ending::admitted);
            if (!findings.isLight && admits(at.lightFilter, found.kind, scalar)) findings.isLight = true;
            return place + 1;
        }
        if (at.field < 0) return place + 1;
        found.bytes = scalar.bytes;
        found.length = scalar.length;
    }
    store(at.field, found, inList);
    return place + 1;
}

void Walk::within(Token text, uint32_t node, bool inList) {
    if (textDepth >= deepestText || textCount >= mostTexts) return;
    uint8_t *plain = arena.take(text.length);
    size_t length = unescape(text.bytes, text.length, plain);
    if (textCount == texts.size()) texts.push_back(std::make_unique<Index>());
    Index &inner = *texts[textCount];
    if (!inner.build(plain, length)) return;
    const Index *outer = index;
    uint32_t outerSource = source;
    index = &inner;
    source = ++textCount;
    textDepth++;
    if (elements(0, node, inList, 0) != inner.count) {
        // It is no JSON, and has no fields.
        ending = Ending::whole;
        if (!inList)
            for (uint32_t child : plan.nodes[node].children) forget(child);
    }
    textDepth--;
    index = outer;
    source = outerSource;
}

// The objects of a text: one, or those of an array.
uint32_t Walk::elements(uint32_t place, uint32_t node, bool inList, int nesting) {
    uint8_t first = index->at(place);
    if (first == '{') return object<false>(place, node, inList, false);
    if (first != '[' || nesting >= deepest) return pass(place);
    place++;
    if (place < index->count && index->at(place) == ']') return place + 1;
    while (place < index->count) {
        place = elements(place, node, true, nesting + 1);
        if (!place || place >= index->count) break;
        uint8_t next = index->at(place++);
        if (next == ']') return place;
        if (next != ',') break;
    }
    return stop(Ending::broken);
}

uint32_t Walk::pass(uint32_t place) {
    bool sound = true;
    uint32_t after = skip(*index, place, sound);
    return after ? after : stop(sound ? Ending::cut : Ending::broken);
}

// Ordinary letters that hide behind escapes.
uint32_t Walk::spelt(uint32_t node, Token name) {
    std::string plain(name.length, '\0');
    plain.resize(unescape(name.bytes, name.length, reinterpret_cast<uint8_t *>(&plain[0])));
    return plan.find(node, plain);
}

// False if the object contains records.
bool Walk::note(Mark mark, uint32_t place) {
    uint8_t first = index->at(place);
    switch (mark) {
        case Mark::none: break;
        case Mark::record: findings.isRecord = true; break;
        case Mark::records:
        case Mark::rows:
            if (first != '[') break;
            findings.records = place;
            findings.hasRows = mark == Mark::rows;
            return false;
        case Mark::envelope:
            if (first == '{' || first == '"') findings.envelope = place;
            break;
        case Mark::weakEnvelope:
            if (first == '{' || first == '"') findings.weakEnvelope = place;
            break;
    }
    return true;
}

void Walk::note_light(uint32_t node, uint32_t place, bool again) {
    uint32_t member = plan.nodes[node].lightMember;
    // Of two with the same name the last one counts.
    if (again) {
        auto isSame = [&](Member other) { return other.node == member; };
        lightMembers.erase(std::find_if(lightMembers.begin(), lightMembers.end(), isSame));
    }
    lightMembers.push_back({member, place});
}

void Walk::forget(uint32_t node) {
    int32_t field = plan.nodes[node].field;
    if (field >= 0) {
        values[size_t(field)] = json_value();
        tails[size_t(field)] = 0;
    }
    for (uint32_t child : plan.nodes[node].children) forget(child);
}

void Walk::store(int32_t number, json_value found, bool inList) {
    size_t field = size_t(number);
    if (!inList) {
        values[field] = found;
        return;
    }
    if (values[field].kind != JSON_LIST) {
        json_value list = {};
        list.kind = JSON_LIST;
        values[field] = list;
        tails[field] = 0;
    }
    uint32_t place = uint32_t(values.size());
    values.push_back(found);
    values[tails[field] ? tails[field] : field].next = place;
    tails[field] = place;
}

bool Walk::admits(int32_t number, json_kind kind, Token scalar) {
    if (number < 0) return false;
    // A number may be spelt in several ways.
    if (kind != JSON_TRUE && kind != JSON_FALSE) return true;
    return plan.filters[size_t(number)].admits(scalar.bytes, scalar.length);
}

bool Walk::has(int32_t number, uint32_t place, uint32_t after) {
    const uint8_t *object = index->bytes + index->places[place];
    return plan.filters[size_t(number)].admits_object(object, index->places[after - 1] + 1 - index->places[place]);
}

bool Walk::admits(int32_t number, Token text) {
    if (number < 0) return false;
    const Filter &filter = plan.filters[size_t(number)];
    if (!has_backslash(text.bytes, text.length)) return filter.admits(text.bytes, text.length);
    std::string plain(text.length, '\0');
    uint8_t *output = reinterpret_cast<uint8_t *>(&plain[0]);
    return filter.admits(output, unescape(text.bytes, text.length, output));
}

}  // namespace parapet
