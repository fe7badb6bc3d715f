#include "index.hpp"

#include <simdjson.h>

#include <cstring>

namespace parapet {

Index::Index() = default;
Index::~Index() = default;

bool Index::build(const uint8_t *text, size_t size) {
    bytes = plain = escape = text;
    length = size;
    places = nullptr;
    count = 0;
    // simdjson counts in 32 bits; the callers stay far below.
    if (size == 0 || size >= (size_t(1) << 31)) return false;
    if (size > capacity) {
        size_t wanted = size + size / 4;
        // It asks for the deepest nesting, which only later stages use.
        std::unique_ptr<simdjson::internal::dom_parser_implementation> made;
        if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, made)) return false;
        parser = std::move(made);
        capacity = wanted;
    }
    if (parser->stage1(text, size, simdjson::stage1_mode::regular)) return false;
    places = parser->structural_indexes.get();
    count = parser->n_structural_indexes;
    return true;
}

bool Index::find_escape(const uint8_t *part, uint32_t size) const {
    const void *found = std::memchr(part, '\\', size_t(bytes + length - part));
    plain = part;
    escape = found ? static_cast<const uint8_t *>(found) : bytes + length;
    return escape < part + size;
}

}  // namespace parapet
