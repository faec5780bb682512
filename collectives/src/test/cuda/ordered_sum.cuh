// What communicators ask of a RankOrderedSum: out = ((out + p0) + p1) + ..., for every type.
#pragma once

template <class T, class Sum>
inline void ordered_sum(T* out, const char* parts, long long stride, int n, int onto, long long count,
                        Sum (*load)(T), T (*store)(Sum)) {
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  Sum sum = load(onto ? out[i] : ((const T*)parts)[i]);
  for (int part = onto ? 0 : 1; part < n; part++) sum += load(((const T*)(parts + part * stride))[i]);
  out[i] = store(sum);
}

template <class T> inline T same(T x) { return x; }
inline float widen(bf16 x) { return to_float(x); }
inline bf16 narrow(float x) { return to_bf16(x); }

KERNEL(ordered_sum_float32, 256)(float* out, const char* parts, long long stride, int n, int onto, long long count) {
  ordered_sum<float, float>(out, parts, stride, n, onto, count, same<float>, same<float>);
}
KERNEL(ordered_sum_bfloat16, 256)(bf16* out, const char* parts, long long stride, int n, int onto, long long count) {
  ordered_sum<bf16, float>(out, parts, stride, n, onto, count, widen, narrow);
}
KERNEL(ordered_sum_float64, 256)(double* out, const char* parts, long long stride, int n, int onto, long long count) {
  ordered_sum<double, double>(out, parts, stride, n, onto, count, same<double>, same<double>);
}
KERNEL(ordered_sum_int32, 256)(u32* out, const char* parts, long long stride, int n, int onto, long long count) {
  ordered_sum<u32, u32>(out, parts, stride, n, onto, count, same<u32>, same<u32>);
}
