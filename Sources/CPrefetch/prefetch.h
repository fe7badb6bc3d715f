#pragma once

/// Begins to load an address into the processor's cache, without waiting: an instruction that Swift has no name for.
/// Any address is allowed.
static inline void parapet_prefetch(const void *at) { __builtin_prefetch(at); }
