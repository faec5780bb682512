// The sum of an exact reduction.
#pragma once
#include "rows.cuh"

// out = ((out + p0) + p1) + ... where onto, else (p0 + p1) + ...; part k starts k * part_stride elements
// after the first. Each element's additions are in the order of the parts.
KERNEL(ordered_sum, 256)(float* out, const float* parts, long long part_stride, int count, long long n, int onto, int vector) {
  for_elements<4>(1, n, vector, [&](auto width, int, long long c) {
    constexpr int W = width.value;
    float sum[W];
    const float* part = parts + c;
    load_floats(sum, onto ? out + c : part);
    if (!onto) part += part_stride;
    UNROLL_BY_4 for (int left = onto ? count : count - 1; left > 0; left--, part += part_stride) {
      float v[W];
      load_floats(v, part);
      UNROLL for (int i = 0; i < W; i++) sum[i] += v[i];
    }
    store_floats(out + c, sum);
  });
}
