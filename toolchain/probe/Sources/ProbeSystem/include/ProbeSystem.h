#pragma once

/// Prints `1 + 4 + 9 + 16 = sum`.
void probe_print(float sum);
