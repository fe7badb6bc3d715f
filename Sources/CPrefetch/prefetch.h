#pragma once

/// Begins to load what stands there into the processor's cache, and waits for nothing: an instruction that Swift has no name
/// for. Any address is allowed.
static inline void parapet_prefetch(const void *at) { __builtin_prefetch(at); }
