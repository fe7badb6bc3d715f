#include "reader.hpp"

#include "splitter.hpp"

using parapet::Ending;
using parapet::Findings;
using parapet::Index;
using parapet::Mark;
using parapet::Split;
using parapet::Token;
using parapet::largestSlice;
using parapet::usualSlice;

void json_reader::begin(const uint8_t *start, size_t size, bool whole, bool rows) {
    isWhole = whole;
    bytes = start;
    length = size;
    position = sliceEnd = 0;
    sliceSize = usualSlice;
    open.clear();
    inRows = rows;
    inSlice = slow = lost = isRepaired = false;
    waste = 0;
    account = json_account();
}

bool json_reader::next() {
    arena.clear();
    while (inSlice || position < length) {
        if (slow) {
            if (next_slowly()) return true;
        } else if (inSlice) {
            if (next_in_slice()) return true;
        } else {
            next_slice();
        }
    }
    if (isWhole && !open.empty()) {
        if (!lost) damage(length, JSON_DAMAGE_CUT);
        open.clear();
    }
    return false;
}

bool json_reader::take(Outcome outcome) {
    if (outcome == Outcome::ignored) return false;
    lost = false;
    account.records++;
    if (outcome == Outcome::emitted) return true;
    account.rejected++;
    return false;
}

// MARK: In an index

json_reader::Outcome json_reader::object(const Index &read, uint32_t at, uint32_t &after, int nesting) {
    for (bool filtering = plan.filtering;; filtering = false) {
        if (!filtering) walk.clear();
        Ending ending = filtering ? walk.filters(read, at, after) : walk.fields(read, at, after);
        if (ending == Ending::admitted) continue;
        if (ending == Ending::container) return Outcome::container;
        if (ending == Ending::cut) return Outcome::cut;
        if (ending == Ending::broken) return Outcome::broken;
        const Findings found = walk.findings;
        if (uint32_t within = found.envelope ? found.envelope : found.isRecord ? 0 : found.weakEnvelope) {
            bool isText = false;
            Outcome outcome = envelope(read, within, nesting, isText);
            if (!isText) return outcome;
            // The text is no envelope, so that the object is a record.
            if (!filtering) walk.clear(), walk.fields(read, at, after);
        }
        if (!found.isRecord) {
            if (lost) return Outcome::ignored;
            // Records in an unknown wrapping, or in one with a damaged name.
            if (parapet::holds_record(read.bytes, read.places[at] + 1, read.places[after - 1])) return Outcome::broken;
            account.foreign++;
        }
        if (filtering && !found.isLight) return Outcome::rejected;
        if (filtering && walk.light_fields() != Ending::whole) return Outcome::broken;
        index = &read;
        first = at;
        last = after;
        isRecord = found.isRecord;
        isLight = filtering;
        return Outcome::emitted;
    }
}

json_reader::Outcome json_reader::envelope(const Index &read, uint32_t at, int nesting, bool &isText) {
    uint32_t after;
    if (read.at(at) == '{' && nesting < deepestEnvelope) {
        Outcome outcome = object(read, at, after, nesting + 1);
        return outcome == Outcome::container ? unread() : outcome;
    }
    isText = true;
    if (read.at(at) != '"' || nesting > deepestEnvelope) return Outcome::broken;
    // Texts in texts, each in an index of its own: a message of a topic in that of a queue.
    Index &inner = inners[nesting];
    std::string &text = texts[nesting];
    Token content = string_at(read, at);
    if (!content.sound) return Outcome::broken;
    text.resize(content.length);
    uint8_t *plain = reinterpret_cast<uint8_t *>(&text[0]);
    size_t size = parapet::unescape(content.bytes, content.length, plain);
    size_t start = 0;
    while (start < size && parapet::is_space(plain[start])) start++;
    if (start == size || plain[start] != '{') {
        // CloudWatch Logs asks with such a record whether a subscription can be delivered.
        static const char control[] = "CWL CONTROL MESSAGE";
        if (size < sizeof control - 1 || std::memcmp(plain, control, sizeof control - 1) != 0) return Outcome::broken;
        isText = false;
        return Outcome::ignored;
    }
    isText = false;
    if (!inner.build(plain, size)) return Outcome::broken;
    Outcome outcome = object(inner, 0, after, nesting + 1);
    // The text ended, and nothing can follow.
    if (outcome == Outcome::cut) return Outcome::broken;
    return outcome == Outcome::container ? unread() : outcome;
}

// An array of records within an envelope.
json_reader::Outcome json_reader::unread() {
    account.foreign++;
    return Outcome::rejected;
}

// A row of a query's result: an array of objects, each with one column.
json_reader::Outcome json_reader::row(const Index &read, uint32_t at, uint32_t &after) {
    uint32_t place = at + 1;
    walk.clear();
    while (place < read.count) {
        uint8_t sign = read.at(place);
        if (sign == ']') {
            index = &read;
            first = at;
            last = after = place + 1;
            isRecord = true;
            isLight = false;
            return Outcome::emitted;
        }
        if (sign == ',') {
            place++;
            continue;
        }
        if (sign != '{') return Outcome::broken;
        Ending ending = walk.fields(read, place, place);
        if (ending == Ending::cut) return Outcome::cut;
        if (ending != Ending::whole) return Outcome::broken;
    }
    return Outcome::cut;
}

// MARK: In a slice

void json_reader::next_slice() {
    sliceEnd = parapet::slice_end(bytes, length, position, sliceSize);
    place = 0;
    inSlice = true;
    isRepaired = false;
    if (main.build(bytes + position, sliceEnd - position)) return;
    // A byte that JSON does not allow does not change the brackets around it.
    parapet::repair(bytes + position, sliceEnd - position, true, repaired);
    isRepaired = main.build(reinterpret_cast<const uint8_t *>(repaired.data()), repaired.size());
    slow = !isRepaired;
}

void json_reader::note_repair(uint32_t at, uint32_t after) {
    size_t from = main.places[at], to = main.places[after - 1] + 1;
    if (std::memcmp(bytes + position + from, main.bytes + from, to - from) != 0) account.repaired++;
}

bool json_reader::next_in_slice() {
    while (place < main.count) {
        uint8_t sign = main.at(place);
        if (sign == '{' || (sign == '[' && inRows)) {
            uint32_t after = 0;
            Outcome outcome = sign == '{' ? object(main, place, after) : row(main, place, after);
            if (outcome == Outcome::container) {
                open += "{[";
                inRows = walk.findings.hasRows;
                place = walk.findings.records + 1;
                continue;
            }
            if (outcome == Outcome::cut && sliceEnd < length && sliceEnd - position < largestSlice) {
                slice_again(place);
                return false;
            }
            if (outcome == Outcome::cut || outcome == Outcome::broken || !goes_on(after)
                || swallows(position + main.places[place], position + main.places[after - 1] + 1)) {
                slow_down(place);
                return false;
            }
            if (isRepaired && outcome != Outcome::ignored) note_repair(place, after);
            place = after;
            if (take(outcome)) return true;
        } else if (sign == '[') {
            open += '[';
            place++;
        } else if (sign == ']' || sign == '}') {
            if (!close(sign)) damage(position + main.places[place], JSON_DAMAGE_BROKEN);
            if (open.size() < 2) inRows = false;
            place++;
        } else if (sign == ',') {
            place++;
        } else if (size_t brace = open.empty() ? parapet::time_end(main.bytes, main.places[place], sliceEnd - position) : 0) {
            while (place < main.count && main.places[place] < brace) place++;
        } else if ((open.empty() && isWhole) || sign != '"' || !enter_member(place)) {
            if (inSlice && !slow) slow_down(place);
            return false;
        }
    }
    position = sliceEnd;
    sliceSize = usualSlice;
    inSlice = false;
    return false;
}

// Another member of the object that holds the records: its value is passed over, unless it holds records too.
bool json_reader::enter_member(uint32_t &at) {
    if (at + 2 >= main.count) {
        if (sliceEnd < length && sliceEnd - position < largestSlice) slice_again(at);
        return false;
    }
    if (main.at(at + 1) != ':') return false;
    Token name = string_at(main, at);
    uint32_t node = plan.find(json_plan::fieldRoot, name.view());
    Mark mark = plan.nodes[node].mark;
    if (node && (mark == Mark::records || mark == Mark::rows) && main.at(at + 2) == '[') {
        open += '[';
        inRows = mark == Mark::rows;
        at += 3;
        return true;
    }
    bool sound = true;
    uint32_t after = parapet::skip(main, at + 2, sound);
    if (after) {
        at = after;
        return true;
    }
    if (sound && sliceEnd < length && sliceEnd - position < largestSlice) slice_again(at);
    return false;
}

// Whether a record in an array is followed by what JSON allows there: otherwise a bracket is missing or superfluous.
bool json_reader::goes_on(uint32_t after) const {
    if (open.empty() || after >= main.count) return true;
    uint8_t sign = main.at(after);
    if (sign != ',') return sign == ']' || sign == '}' || sign == '{' || sign == '[';
    return after + 1 >= main.count || main.at(after + 1) == '{' || main.at(after + 1) == '[';
}

void json_reader::slice_again(uint32_t at) {
    size_t offset = main.places[at];
    // Nothing was gained: it is longer than the slice.
    if (offset == 0) sliceSize = (sliceEnd - position) * 2;
    position += offset;
    inSlice = false;
}

void json_reader::slow_down(uint32_t at) {
    position += main.places[at];
    slow = true;
}

// MARK: Record by record

bool json_reader::next_slowly() {
    while (position < sliceEnd) {
        uint8_t byte = bytes[position];
        if (parapet::is_space(byte) || byte == ',') {
            position++;
        } else if (byte == ']' || byte == '}') {
            if (!close(byte)) damage(position, JSON_DAMAGE_BROKEN);
            position++;
        } else if (byte == '[') {
            open += '[';
            position++;
        } else if (size_t brace = open.empty() ? parapet::time_end(bytes, position, length) : 0) {
            position = brace;
        } else if (byte != '{') {
            lose(account.records || !open.empty() ? JSON_DAMAGE_BROKEN : JSON_DAMAGE_NO_JSON);
        } else if (size_t within = container_at(position)) {
            open += "{[";
            position = within;
        } else {
            size_t to = position;
            Split split = parapet::split_record(bytes, length, position, to);
            Outcome outcome = split == Split::whole && !swallows(position, to) ? alone(to) : Outcome::broken;
            if (outcome == Outcome::broken) {
                waste += to - position;
                lose(split == Split::cut ? JSON_DAMAGE_CUT : JSON_DAMAGE_BROKEN);
            } else {
                position = to;
                if (take(outcome)) return true;
            }
        }
    }
    slow = inSlice = false;
    sliceSize = usualSlice;
    return false;
}

// The place behind the bracket that opens the array of records; 0 if the object is no such container.
size_t json_reader::container_at(size_t from) const {
    size_t at = from;
    auto take = [&](const char *sign) {
        size_t size = std::strlen(sign);
        while (at < length && parapet::is_space(bytes[at])) at++;
        if (length - at < size || std::memcmp(bytes + at, sign, size) != 0) return false;
        at += size;
        return true;
    };
    if (!take("{") || !take("\"")) return 0;
    for (const char *name : parapet::recordsNames) {
        size_t size = std::strlen(name);
        if (length - at <= size || std::memcmp(bytes + at, name, size) != 0 || bytes[at + size] != '"') continue;
        at += size + 1;
        return take(":") && take("[") ? at : 0;
    }
    return 0;
}

json_reader::Outcome json_reader::alone(size_t to) {
    bool isChanged = false;
    if (!main.build(bytes + position, to - position)) {
        parapet::repair(bytes + position, to - position, false, repaired);
        if (!main.build(reinterpret_cast<const uint8_t *>(repaired.data()), repaired.size())) return Outcome::broken;
        isChanged = true;
    }
    uint32_t after = 0;
    Outcome outcome = object(main, 0, after);
    if (outcome == Outcome::cut || outcome == Outcome::container || after != main.count) return Outcome::broken;
    if (isChanged && (outcome == Outcome::emitted || outcome == Outcome::rejected)) account.repaired++;
    return outcome;
}

bool json_reader::swallows(size_t from, size_t to) const {
    if (!isWhole || open.empty()) return false;
    // Only the last record of a file can.
    while (to < length && parapet::is_space(bytes[to])) to++;
    return to == length && parapet::holds_record(bytes, from + 1, to);
}

bool json_reader::close(uint8_t bracket) {
    // It may have been opened in an earlier buffer.
    if (open.empty()) return !isWhole;
    if (open.back() != (bracket == ']' ? '[' : '{')) return false;
    open.pop_back();
    return true;
}

void json_reader::damage(size_t offset, json_damage_reason reason) {
    if (account.damaged < JSON_DAMAGES_KEPT) account.damages[account.damaged] = {offset, reason};
    account.damaged++;
}

void json_reader::lose(json_damage_reason reason) {
    if (!lost) damage(position, reason);
    lost = true;
    // Enough for any honest damage; what is made to waste time gets none.
    position = waste > 16 * length + (size_t(1) << 20) ? length : parapet::next_beginning(bytes, length, position + 1);
}
