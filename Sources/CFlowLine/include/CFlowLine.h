#pragma once

// Decodes lines of VPC flow logs in their default format: what a processor does for 32 bytes at once, and Swift has no name
// for. Only lines as nearly all of them are; the others are for Swift's reader, which knows every form.

#include <stdbool.h>
#include <stdint.h>

/// So many bytes from a line's start on are looked at, whatever stands there.
#define PARAPET_FLOW_LINE_REACH 192

/// A record between two IPv4 addresses with an action, of which nothing was lost. Lengths in bytes, times in seconds since
/// 1970, addresses with their first part in the highest bits. The account begins two bytes behind the line's start, the
/// interface one byte behind the account; the newline does not count.
struct parapet_flow_line {
    const uint8_t *line;
    uint32_t length, account_length, interface_length;
    uint32_t source, destination;
    uint32_t source_port, destination_port;
    uint32_t packets, bytes;
    uint64_t start, end;
    uint8_t transport;
    bool is_accepted;
};

/// Whether this processor can.
bool parapet_flow_lines_are_read(void);

/// Decodes lines up to the first one that has another form, or that begins less than the reach before the end. To be called
/// only where ``parapet_flow_lines_are_read()``.
/// - Returns: how many were decoded; no more than asked for.
uint32_t parapet_read_flow_lines(
    const uint8_t *line, const uint8_t *end, struct parapet_flow_line *flows, uint32_t most);
