// The functions of CSimdJSON.h that readers offer.

#include "reader.hpp"

using parapet::Index;
using parapet::Token;

json_reader *json_reader_new(const json_plan *plan) { return new json_reader(*plan); }

void json_reader_free(json_reader *reader) { delete reader; }

void json_reader_begin(json_reader *reader, const uint8_t *bytes, size_t length, bool isWhole, bool inRows) {
    reader->begin(bytes, length, isWhole, inRows);
}

bool json_reader_next(json_reader *reader) { return reader->next(); }

const json_account *json_reader_account(const json_reader *reader) { return &reader->account; }

bool json_reader_is_record(const json_reader *reader) { return reader->isRecord; }

bool json_reader_is_light(const json_reader *reader) { return reader->isLight; }

const json_value *json_reader_values(const json_reader *reader) { return reader->walk.values.data(); }

const uint8_t *json_reader_record(const json_reader *reader, size_t *length) {
    const Index &index = *reader->index;
    uint32_t from = index.places[reader->first];
    *length = index.places[reader->last - 1] + 1 - from;
    return index.bytes + from;
}

const json_value *json_reader_leaves(json_reader *reader, const json_value *object, size_t *count) {
    const Index &index = object && object->source ? reader->walk.text(object->source) : *reader->index;
    uint32_t place = object ? object->first : reader->first, end = object ? object->last : reader->last;
    reader->leaves.clear();
    for (; place < end; place++) {
        uint8_t sign = index.at(place);
        json_value leaf = {};
        if (sign == '"') {
            // A name, not a value.
            if (place + 1 < end && index.at(place + 1) == ':') continue;
            Token text = string_at(index, place);
            leaf.kind = JSON_TEXT;
            leaf.bytes = text.bytes;
            leaf.length = text.length;
            if (parapet::has_backslash(text.bytes, text.length)) {
                uint8_t *output = reader->arena.take(text.length);
                leaf.length = uint32_t(parapet::unescape(text.bytes, text.length, output));
                leaf.bytes = output;
            }
        } else if (std::strchr("{}[],:", sign)) {
            continue;
        } else {
            Token scalar = scalar_at(index, place);
            leaf.kind = parapet::scalar_kind(scalar);
            leaf.bytes = scalar.bytes;
            leaf.length = scalar.length;
            if (leaf.kind == JSON_NULL || leaf.kind == JSON_ABSENT) continue;
        }
        reader->leaves.push_back(leaf);
    }
    *count = reader->leaves.size();
    return reader->leaves.data();
}

const uint8_t *json_reader_compact(json_reader *reader, const json_value *object, size_t *length) {
    const Index &index = object->source ? reader->walk.text(object->source) : *reader->index;
    std::string &output = reader->compact;
    output.clear();
    for (uint32_t place = object->first; place < object->last; place++) {
        uint8_t sign = index.at(place);
        if (sign == '"') {
            Token text = string_at(index, place);
            output += '"';
            if (parapet::has_backslash(text.bytes, text.length)) {
                std::string plain(text.length, '\0');
                uint8_t *bytes = reinterpret_cast<uint8_t *>(&plain[0]);
                parapet::append_escaped(output, bytes, parapet::unescape(text.bytes, text.length, bytes));
            } else {
                output.append(reinterpret_cast<const char *>(text.bytes), text.length);
            }
            output += '"';
        } else if (sign && std::strchr("{}[],:", sign)) {
            output += char(sign);
        } else {
            Token scalar = scalar_at(index, place);
            output.append(reinterpret_cast<const char *>(scalar.bytes), scalar.length);
        }
    }
    // In memory that stays until the next record.
    uint8_t *kept = reader->arena.take(output.size());
    std::memcpy(kept, output.data(), output.size());
    *length = output.size();
    return kept;
}
