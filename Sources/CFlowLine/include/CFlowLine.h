#pragma once

// Decodes lines of VPC flow logs in their default format, 32 bytes at once, with instructions that Swift has no names
// for. It reads only usual lines; others are left to Swift's reader, which reads every form.
//
// Gain: 15 % of the processor time of a hunt in 5.4 million flow records (`HuntFlowBenchmark generate-flows DIR 6000000`,
// `parapet hunt --source vpc-flow --logs DIR/logs --threads 1`, best of five, beside the same binary with
// `parapet_flow_lines_are_read` answering false).

#include <stdbool.h>
#include <stdint.h>

/// How many bytes from a line's start are read, whatever the line's length.
#define PARAPET_FLOW_LINE_REACH 192

/// A record between two IPv4 addresses with an action, and without lost records. Lengths in bytes, times in seconds
/// since 1970, addresses with their first octet in the highest bits. The account begins two bytes behind the line's
/// start, the interface one byte behind the account; the length excludes the newline.
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

/// Whether this processor has the instructions.
bool parapet_flow_lines_are_read(void);

/// Decodes lines up to the first one that has another form, or that begins less than the reach before the end.
/// Requires ``parapet_flow_lines_are_read()``.
/// - Returns: how many lines were decoded, at most `most`.
uint32_t parapet_read_flow_lines(
    const uint8_t *line, const uint8_t *end, struct parapet_flow_line *flows, uint32_t most);
