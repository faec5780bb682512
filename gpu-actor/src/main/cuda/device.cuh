// What kernels are written with. nvcc compiles them for the GPU; a C++ compiler with the emulator's
// shim (collectives/src/test/cpp/shim.h) runs the same source on the CPU, a fiber for each thread.
// Free of CUDA's headers, so that a plain C++ compiler is enough for the second.
#pragma once

#ifdef __CUDACC__

typedef unsigned int u32;
typedef unsigned long long u64;
struct bf16 { unsigned short bits; };

// A kernel: KERNEL(name, threads)(parameters) { body }. Its name is what the module is asked for.
#define KERNEL(name, threads) extern "C" __global__ void __launch_bounds__(threads) name
#define DEVICE __device__ __forceinline__
// The block's dynamic shared memory, 16-byte aligned.
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) unsigned char name[]
#define UNROLL _Pragma("unroll")
#define UNROLL_BY_4 _Pragma("unroll 4")
#define UNROLL_NOT _Pragma("unroll 1")

DEVICE float to_float(bf16 x) { return __uint_as_float((u32)x.bits << 16); }
DEVICE float to_float(float x) { return x; }
// Round to nearest even.
DEVICE bf16 to_bf16(float x) { bf16 r; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r.bits) : "f"(x)); return r; }
DEVICE u32 pack_bf16(float low, float high) {
  u32 r; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r;
}
DEVICE float bits_to_float(u32 x) { return __uint_as_float(x); }
DEVICE u32 float_to_bits(float x) { return __float_as_uint(x); }
DEVICE float fast_exp2(float x) { float r; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }

DEVICE float shuffle_xor(float v, int lanes) { return __shfl_xor_sync(0xffffffffu, v, lanes); }
DEVICE double shuffle_xor(double v, int lanes) { return __shfl_xor_sync(0xffffffffu, v, lanes); }
DEVICE int shuffle_xor(int v, int lanes) { return __shfl_xor_sync(0xffffffffu, v, lanes); }
DEVICE int shuffle_up(int v, int lanes) { return __shfl_up_sync(0xffffffffu, v, lanes); }
DEVICE int shuffle_from(int v, int lane) { return __shfl_sync(0xffffffffu, v, lane); }
DEVICE float shuffle_from(float v, int lane) { return __shfl_sync(0xffffffffu, v, lane); }
// The lanes of the warp that hold the same value, a bit each. All 32 lanes call it.
DEVICE u32 match_lanes(int v) { return __match_any_sync(0xffffffffu, v); }
DEVICE int count_bits(u32 v) { return __popc(v); }
DEVICE void sync_warp() { __syncwarp(); }
DEVICE void sync_block() { __syncthreads(); }

// d (16x8, fp32) += a (16x16, row) b (16x8, col): PTX ISA, mma.m16n8k16.
DEVICE void mma_16816(float (&d)[4], const u32 (&a)[4], const u32 (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
// Four 8x8 matrices of 16-bit elements; lane i gives the address of row i % 8 of matrix i / 8.
DEVICE void load_matrix_x4(u32 (&r)[4], const void* shared_row) {
  u32 at = (u32)__cvta_generic_to_shared(shared_row);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
      : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(at) : "memory");
}
DEVICE void load_matrix_x4_transposed(u32 (&r)[4], const void* shared_row) {
  u32 at = (u32)__cvta_generic_to_shared(shared_row);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
      : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(at) : "memory");
}
// Copies 16 bytes to shared memory in the background, zeros where not valid.
DEVICE void copy_async_16(void* shared, const void* global, bool valid) {
  u32 at = (u32)__cvta_generic_to_shared(shared);
  int bytes = valid ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(at), "l"(global), "r"(bytes) : "memory");
}
// The same with 4 bytes.
DEVICE void copy_async_4(void* shared, const void* global, bool valid) {
  u32 at = (u32)__cvta_generic_to_shared(shared);
  int bytes = valid ? 4 : 0;
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(at), "l"(global), "r"(bytes) : "memory");
}
DEVICE void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int PENDING> DEVICE void copy_async_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory"); }

DEVICE void check_aligned(const void*) {}  // the GPU faults by itself
DEVICE void check_aligned(const void*, int) {}
// Stops the kernel where it was launched with less dynamic shared memory than its code uses.
DEVICE void require_shared(int bytes) {
  u32 given; asm volatile("mov.u32 %0, %%dynamic_smem_size;" : "=r"(given));
  if (given < (u32)bytes) __trap();
}

#else
#include "shim.h"
#endif

// 16 bytes and 8 bytes, moved at once.
struct alignas(16) Words4 { u32 w[4]; };
struct alignas(8) Words2 { u32 w[2]; };
DEVICE Words4 load_words(const void* p) { check_aligned(p); return *(const Words4*)p; }
DEVICE void store_words(void* p, Words4 v) { check_aligned(p); *(Words4*)p = v; }

template <class T> DEVICE T from_float(float x);
template <> DEVICE float from_float<float>(float x) { return x; }
template <> DEVICE bf16 from_float<bf16>(float x) { return to_bf16(x); }

DEVICE float warp_sum(float v) {
  for (int o = 16; o > 0; o >>= 1) v += shuffle_xor(v, o);
  return v;
}
DEVICE float warp_max(float v) {
  for (int o = 16; o > 0; o >>= 1) v = fmaxf(v, shuffle_xor(v, o));
  return v;
}
DEVICE double warp_sum(double v) {
  for (int o = 16; o > 0; o >>= 1) v += shuffle_xor(v, o);
  return v;
}
