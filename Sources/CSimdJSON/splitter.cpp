#include "splitter.hpp"

#include <cstring>
#include <string_view>

#include "CSimdJSON.h"
#include "plan.hpp"
#include "text.hpp"

namespace parapet {

static const char beginning[] = "{\"eventVersion\"";
static constexpr size_t beginningLength = sizeof beginning - 1;
static constexpr int deepest = 1024;

static size_t find_beginning(const uint8_t *bytes, size_t from, size_t to) {
    if (from >= to) return to;
    const void *found = memmem(bytes + from, to - from, beginning, beginningLength);
    return found ? size_t(static_cast<const uint8_t *>(found) - bytes) : to;
}

Split split_record(const uint8_t *bytes, size_t length, size_t from, size_t &to) {
    size_t limit = length - from > longestRecord ? from + longestRecord : length;
    int depth = 0;
    bool sawNext = false;
    for (size_t at = from; at < limit; at++) {
        uint8_t byte = bytes[at];
        to = at + 1;
        if (byte == '{') {
            sawNext = sawNext || (depth > 0 && limit - at >= beginningLength && bytes[at - 1] == ','
                && std::memcmp(bytes + at, beginning, beginningLength) == 0);
            if (++depth > deepest) return Split::broken;
        } else if (byte == '[') {
            if (++depth > deepest) return Split::broken;
        } else if (byte == '}' || byte == ']') {
            if (--depth == 0) return Split::whole;
        } else if (byte == '"') {
            for (at++; at < limit && bytes[at] != '"'; at++) {
                if (bytes[at] == '\\') at++;
                // No string goes on over a line's end: this one was never closed.
                else if (bytes[at] == '\n') return to = at, Split::broken;
            }
            size_t next = at + 1;
            while (next < limit && is_space(bytes[next])) next++;
            to = next < limit ? next : limit;
            if (at >= limit || next >= limit) break;
            uint8_t sign = bytes[next];
            // Otherwise a quote is missing before.
            if (sign != ',' && sign != ':' && sign != '}' && sign != ']') return Split::broken;
            at = next - 1;
        }
        if (sawNext && at - from > usualRecord) return Split::broken;
    }
    return limit < length ? Split::broken : Split::cut;
}

size_t next_beginning(const uint8_t *bytes, size_t length, size_t from) {
    if (from >= length) return length;
    const void *line = std::memchr(bytes + from, '\n', length - from);
    size_t lineStart = line ? size_t(static_cast<const uint8_t *>(line) - bytes) + 1 : length;
    return find_beginning(bytes, from, lineStart);
}

size_t time_end(const uint8_t *bytes, size_t from, size_t length) {
    // 2026-03-01T00:00:00.000Z {
    size_t limit = length - from > 40 ? from + 40 : length;
    if (limit - from < 22 || bytes[from] < '0' || bytes[from] > '9' || bytes[from + 4] != '-' || bytes[from + 10] != 'T')
        return 0;
    size_t at = from + 11;
    while (at < limit && !is_space(bytes[at])) at++;
    if (bytes[at - 1] != 'Z') return 0;
    while (at < limit && (bytes[at] == ' ' || bytes[at] == '\t')) at++;
    return at < limit && bytes[at] == '{' ? at : 0;
}

bool holds_record(const uint8_t *bytes, size_t from, size_t to) { return find_beginning(bytes, from, to) < to; }

size_t slice_end(const uint8_t *bytes, size_t length, size_t from, size_t size) {
    if (length - from <= size + sliceReach) return length;
    size_t target = from + size;
    size_t to = target + sliceReach;
    for (size_t found = find_beginning(bytes, target, to); found < to; found = find_beginning(bytes, found + 1, to))
        if (bytes[found - 1] == ',' || bytes[found - 1] == '\n') return found;
    const void *line = std::memchr(bytes + target, '\n', to - target);
    return line ? size_t(static_cast<const uint8_t *>(line) - bytes) + 1 : length;
}

}  // namespace parapet

// Whether the last text at the top of an object is the name of an array of records.
static bool names_records(json_cut &cut) {
    std::string_view name(reinterpret_cast<const char *>(cut.name), cut.name_length);
    cut.in_rows = name == parapet::rowsName;
    for (const char *known : parapet::recordsNames)
        if (name == known) return true;
    return cut.in_rows;
}

size_t json_cut_after(json_cut *cut, const uint8_t *bytes, size_t length) {
    size_t end = 0;
    for (size_t at = 0; at < length; at++) {
        uint8_t byte = bytes[at];
        if (cut->in_string) {
            if (cut->escaped) cut->escaped = false;
            else if (byte == '\\') cut->escaped = true;
            else if (byte == '"') cut->in_string = false;
            if (cut->in_string && cut->depth == 1 && cut->name_length < sizeof cut->name)
                cut->name[cut->name_length++] = byte;
        } else if (byte == '"') {
            cut->in_string = true;
            if (cut->depth == 1) cut->name_length = 0;
        } else if (byte == '{') {
            cut->depth++;
        } else if (byte == '[') {
            if (cut->base == 0 && (cut->depth == 0 || (cut->depth == 1 && names_records(*cut))))
                cut->base = cut->depth + 1;
            cut->depth++;
        } else if (byte == '}' || byte == ']') {
            if (cut->depth > 0) cut->depth--;
            // The array has ended: the text behind it belongs to the enclosing object.
            if (cut->depth < cut->base) cut->base = 0, cut->in_rows = false;
            if (cut->depth > cut->base || (cut->base == 0 && cut->depth > 0)) continue;
            end = at + 1;
            cut->ended_in_rows = cut->in_rows;
        }
    }
    return end;
}
