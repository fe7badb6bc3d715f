#include "text.hpp"

#include <algorithm>

namespace parapet {

namespace {

// The number of four hexadecimal digits; -1 if they are not.
int32_t hexadecimal(const uint8_t *text, const uint8_t *end) {
    if (end - text < 4) return -1;
    int32_t value = 0;
    for (int digit = 0; digit < 4; digit++) {
        uint8_t byte = text[digit];
        uint8_t letter = byte | 0x20;
        if (byte >= '0' && byte <= '9') value = value << 4 | (byte - '0');
        else if (letter >= 'a' && letter <= 'f') value = value << 4 | (letter - 'a' + 10);
        else return -1;
    }
    return value;
}

// At most three bytes for what took six, at most four for what took twelve.
size_t put(uint32_t scalar, uint8_t *output) {
    if (scalar < 0x80) {
        output[0] = uint8_t(scalar);
        return 1;
    }
    if (scalar < 0x800) {
        output[0] = uint8_t(0xC0 | scalar >> 6);
        output[1] = uint8_t(0x80 | (scalar & 0x3F));
        return 2;
    }
    if (scalar < 0x10000) {
        output[0] = uint8_t(0xE0 | scalar >> 12);
        output[1] = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        output[2] = uint8_t(0x80 | (scalar & 0x3F));
        return 3;
    }
    output[0] = uint8_t(0xF0 | scalar >> 18);
    output[1] = uint8_t(0x80 | (scalar >> 12 & 0x3F));
    output[2] = uint8_t(0x80 | (scalar >> 6 & 0x3F));
    output[3] = uint8_t(0x80 | (scalar & 0x3F));
    return 4;
}

// How many bytes the UTF-8 character at `text` has; 0 where none begins there.
size_t character(const uint8_t *text, const uint8_t *end) {
    uint8_t first = text[0];
    if (first < 0x80) return 1;
    size_t count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || size_t(end - text) < count) return 0;
    for (size_t at = 1; at < count; at++)
        if ((text[at] & 0xC0) != 0x80) return 0;
    // Overlong forms, halves of pairs, and what lies beyond Unicode.
    uint8_t second = text[1];
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return count;
}

}  // namespace

size_t unescape(const uint8_t *text, size_t length, uint8_t *output) {
    const uint8_t *end = text + length;
    uint8_t *out = output;
    while (text < end) {
        if (*text != '\\') {
            const void *next = std::memchr(text, '\\', size_t(end - text));
            const uint8_t *until = next ? static_cast<const uint8_t *>(next) : end;
            std::memmove(out, text, size_t(until - text));
            out += until - text;
            text = until;
            continue;
        }
        if (end - text < 2) {
            *out++ = *text++;
            continue;
        }
        uint8_t letter = text[1];
        if (letter == 'u') {
            int32_t unit = hexadecimal(text + 2, end);
            if (unit >= 0) {
                uint32_t scalar = uint32_t(unit);
                text += 6;
                if (scalar >= 0xD800 && scalar < 0xE000) {
                    int32_t low = scalar < 0xDC00 && end - text >= 6 && text[0] == '\\' && text[1] == 'u'
                        ? hexadecimal(text + 2, end) : -1;
                    if (low >= 0xDC00 && low < 0xE000) {
                        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (uint32_t(low) - 0xDC00);
                        text += 6;
                    } else {
                        scalar = 0xFFFD;
                    }
                }
                out += put(scalar, out);
                continue;
            }
        }
        static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        const char *known = letter ? std::strchr(letters, letter) : nullptr;
        if (known) {
            *out++ = uint8_t(meant[known - letters]);
        } else {
            *out++ = '\\';
            *out++ = letter;
        }
        text += 2;
    }
    return size_t(out - output);
}

void append_escaped(std::string &output, const uint8_t *text, size_t length) {
    static const char digits[] = "0123456789abcdef";
    for (size_t at = 0; at < length; at++) {
        uint8_t byte = text[at];
        switch (byte) {
            case '"': output += "\\\""; break;
            case '\\': output += "\\\\"; break;
            case '\b': output += "\\b"; break;
            case '\f': output += "\\f"; break;
            case '\n': output += "\\n"; break;
            case '\r': output += "\\r"; break;
            case '\t': output += "\\t"; break;
            default:
                if (byte < 0x20) {
                    output += "\\u00";
                    output += digits[byte >> 4];
                    output += digits[byte & 15];
                } else {
                    output += char(byte);
                }
        }
    }
}

void repair(const uint8_t *text, size_t length, bool keepsLines, std::string &output) {
    output.clear();
    const uint8_t *end = text + length;
    while (text < end) {
        size_t count = character(text, end);
        if (count == 0) {
            output += '?';
            text++;
        } else if (count == 1 && *text < 0x20 && !(keepsLines && is_space(*text))) {
            output += ' ';
            text++;
        } else {
            output.append(reinterpret_cast<const char *>(text), count);
            text += count;
        }
    }
}

}  // namespace parapet
