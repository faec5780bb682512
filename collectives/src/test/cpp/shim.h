// Runs CUDA kernels on the CPU: each thread of a block is a fiber, blocks run one after the other on
// the calling OS thread. Finds what a GPU would not say: a barrier that not all threads reach (the
// process ends with the kernel's name), misaligned vector accesses, shared memory that is read before
// it is written (it starts as NaN), background copies that are used before they are waited for.
// It does not find data races, and tells nothing about speed.
#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#include "launch.h"
#ifndef __x86_64__
#include <ucontext.h>
#endif

typedef unsigned int u32;
typedef unsigned long long u64;
struct bf16 { unsigned short bits; };

namespace emu {

constexpr size_t STACK_BYTES = 128 << 10;

[[noreturn]] inline void fail(const char* kernel, const char* what) {
  fprintf(stderr, "emulated kernel %s: %s\n", kernel, what);
  fflush(stderr);
  abort();
}

#ifdef __x86_64__
// Saves the callee's registers on one stack and goes on with another.
extern "C" void emu_switch(void** from, void* to);
asm(".text\n.hidden emu_switch\n.globl emu_switch\n.type emu_switch,@function\nemu_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp,(%rdi)\nmovq %rsi,%rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\nret\n");
struct Context {
  void* stack = nullptr;
  void prepare(char* memory, void (*entry)()) {
    void** top = (void**)(((uintptr_t)memory + STACK_BYTES) & ~(uintptr_t)15);
    *--top = nullptr;           // where entry would return to: it never does
    *--top = (void*)entry;      // what the switch returns to
    for (int i = 0; i < 6; i++) *--top = nullptr;
    stack = top;
  }
  static void go(Context& from, Context& to) { emu_switch(&from.stack, to.stack); }
};
#else
struct Context {
  ucontext_t context;
  void prepare(char* memory, void (*entry)()) {
    getcontext(&context);
    context.uc_stack.ss_sp = memory;
    context.uc_stack.ss_size = STACK_BYTES;
    context.uc_link = nullptr;
    makecontext(&context, entry, 0);
  }
  static void go(Context& from, Context& to) { swapcontext(&from.context, &to.context); }
};
#endif

struct BackgroundCopy { void* to; const void* from; int bytes; bool valid; };

struct Fiber {
  Context context;
  Dim3 thread;
  bool done;
  std::vector<std::vector<BackgroundCopy>> groups;  // committed, oldest first
  std::vector<BackgroundCopy> open;
};

// A meeting point: of a block's threads or a warp's lanes.
struct Barrier { unsigned live = 0, arrived = 0, generation = 0; };

struct Slot { u64 words[4]; };  // what a lane shows the others of its warp

struct Block {
  const char* kernel;
  Dim3 index, size, grid;
  std::vector<Fiber> fibers;
  std::vector<Barrier> warps;
  std::vector<Slot> slots;
  Barrier all;
  std::vector<unsigned char> shared;
  unsigned char* shared_start;
  Context scheduler;
  bool progress;
  const std::function<void()>* body;
};

inline thread_local Block* block;
inline thread_local Fiber* fiber;

inline unsigned linear() {
  return fiber->thread.x + block->size.x * (fiber->thread.y + block->size.y * fiber->thread.z);
}

inline void pause() { Context::go(fiber->context, block->scheduler); }

inline void release(Barrier& barrier) {
  if (barrier.arrived > 0 && barrier.arrived == barrier.live) {
    barrier.arrived = 0;
    barrier.generation++;
    block->progress = true;
  }
}

inline void meet(Barrier& barrier) {
  unsigned generation = barrier.generation;
  barrier.arrived++;
  block->progress = true;
  release(barrier);
  while (barrier.generation == generation) pause();
}

inline void run_fiber() {
  (*block->body)();
  if (!fiber->open.empty() || !fiber->groups.empty())
    fail(block->kernel, "a thread ended with background copies that nobody waited for");
  fiber->done = true;
  block->progress = true;
  Barrier& warp = block->warps[linear() / 32];
  warp.live--;
  block->all.live--;
  release(warp);
  release(block->all);
  pause();
}

// Stacks of this OS thread's fibers, kept for the next kernel.
struct Stacks {
  std::vector<char*> free;
  char* of(size_t i) {
    while (free.size() <= i) {
      void* memory = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) fail("-", "no memory for a fiber's stack");
      free.push_back((char*)memory);
    }
    return free[i];
  }
  ~Stacks() { for (char* memory : free) munmap(memory, STACK_BYTES); }
};

inline void run_block(Block& b, Stacks& stacks, Dim3 index) {
  size_t threads = b.fibers.size();
  b.index = index;
  memset(b.shared.data(), 0xFF, b.shared.size());
  b.all = Barrier{(unsigned)threads, 0, 0};
  for (size_t w = 0; w < b.warps.size(); w++)
    b.warps[w] = Barrier{(unsigned)std::min<size_t>(32, threads - 32 * w), 0, 0};
  for (size_t i = 0; i < threads; i++) {
    Fiber& f = b.fibers[i];
    f.thread = {unsigned(i % b.size.x), unsigned(i / b.size.x % b.size.y), unsigned(i / (b.size.x * b.size.y))};
    f.done = false;
    f.context.prepare(stacks.of(i), run_fiber);
  }
  block = &b;
  for (bool any = true; any;) {
    any = false;
    b.progress = false;
    for (Fiber& f : b.fibers) {
      if (f.done) continue;
      any = true;
      fiber = &f;
      Context::go(b.scheduler, f.context);
    }
    if (any && !b.progress) fail(b.kernel, "threads wait for each other: not all reach the same barrier or shuffle");
  }
}

inline void launch(const char* kernel, Dim3 grid, Dim3 size, size_t shared, const std::function<void()>& body) {
  static thread_local Stacks stacks;
  Block b;
  b.kernel = kernel;
  b.size = size;
  b.grid = grid;
  b.body = &body;
  size_t threads = (size_t)size.x * size.y * size.z;
  if (threads == 0 || threads > 1024 || grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535)
    fail(kernel, "a grid or block that no GPU takes");
  b.fibers.resize(threads);
  b.warps.resize((threads + 31) / 32);
  b.slots.resize(b.warps.size() * 32);
  b.shared.resize(shared + 16);
  b.shared_start = (unsigned char*)(((uintptr_t)b.shared.data() + 15) & ~(uintptr_t)15);
  for (unsigned z = 0; z < grid.z; z++)
    for (unsigned y = 0; y < grid.y; y++)
      for (unsigned x = 0; x < grid.x; x++) run_block(b, stacks, {x, y, z});
}

inline Barrier& warp() { return block->warps[linear() / 32]; }
inline unsigned lane() { return linear() % 32; }
inline Slot& slot_of(unsigned lane_index) { return block->slots[linear() / 32 * 32 + lane_index]; }

// Shows a value to the warp and takes that of another lane.
template <class T> T exchange(T value, unsigned from) {
  static_assert(sizeof(T) <= sizeof(Slot), "too large for a slot");
  memcpy(&slot_of(lane()), &value, sizeof value);
  meet(warp());
  T taken = value;
  if (from < 32) memcpy(&taken, &slot_of(from), sizeof taken);
  meet(warp());
  return taken;
}

inline void land(std::vector<BackgroundCopy>& copies) {
  for (const BackgroundCopy& copy : copies) {
    if (copy.valid) memcpy(copy.to, copy.from, copy.bytes);
    else memset(copy.to, 0, copy.bytes);
  }
  copies.clear();
}

template <class T> void note_address(std::vector<const void*>&, T) {}
template <class T> void note_address(std::vector<const void*>& addresses, T* address) { addresses.push_back(address); }

template <class... A, size_t... I>
Launch* bind(const char* name, void (*kernel)(A...), void** parameters, Dim3 grid, Dim3 size, size_t shared, std::index_sequence<I...>) {
  std::tuple<std::decay_t<A>...> values{*(std::decay_t<A>*)parameters[I]...};
  Launch* bound = new Launch;
  (note_address(bound->addresses, std::get<I>(values)), ...);
  bound->run = [=] { launch(name, grid, size, shared, [&] { std::apply(kernel, values); }); };
  return bound;
}
template <class... A>
Launch* bind(const char* name, void (*kernel)(A...), void** parameters, Dim3 grid, Dim3 size, size_t shared) {
  return bind(name, kernel, parameters, grid, size, shared, std::index_sequence_for<A...>{});
}

}  // namespace emu

// Exports a kernel to the emulated driver: emulated_<name> gives a heap emu::Launch, and
// emulated_threads_<name> the most threads that a block of it may have.
#define EXPORT_KERNEL(name)                                                                                 \
  extern "C" void* emulated_##name(const Dim3* grid, const Dim3* size, size_t shared, void** parameters) {  \
    return emu::bind(#name, &::name, parameters, *grid, *size, shared);                                     \
  }                                                                                                         \
  extern "C" int emulated_threads_##name() { return threads_of_##name; }

#define KERNEL(name, threads)                     \
  constexpr int threads_of_##name = (threads);    \
  extern "C" void name
#define DEVICE inline
#define DYNAMIC_SHARED(name) unsigned char* name = emu::block->shared_start
#define UNROLL
#define UNROLL_BY_4
#define UNROLL_NOT
#define __shared__ static thread_local
#define __restrict__ __restrict
#define threadIdx (emu::fiber->thread)
#define blockIdx (emu::block->index)
#define blockDim (emu::block->size)
#define gridDim (emu::block->grid)

inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline long long min(long long a, long long b) { return a < b ? a : b; }
inline long long max(long long a, long long b) { return a > b ? a : b; }

inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline float fast_exp2(float x) { return exp2f(x); }

inline float bits_to_float(u32 x) { float f; memcpy(&f, &x, 4); return f; }
inline u32 float_to_bits(float x) { u32 u; memcpy(&u, &x, 4); return u; }
inline float to_float(bf16 x) { u32 u = (u32)x.bits << 16; float f; memcpy(&f, &u, 4); return f; }
inline float to_float(float x) { return x; }
inline bf16 to_bf16(float x) {
  u32 u;
  memcpy(&u, &x, 4);
  if (x != x) return {(unsigned short)0x7FFF};
  return {(unsigned short)((u + 0x7FFF + (u >> 16 & 1)) >> 16)};
}
inline u32 pack_bf16(float low, float high) { return to_bf16(low).bits | (u32)to_bf16(high).bits << 16; }

inline float shuffle_xor(float v, int lanes) { return emu::exchange(v, emu::lane() ^ lanes); }
inline double shuffle_xor(double v, int lanes) { return emu::exchange(v, emu::lane() ^ lanes); }
inline int shuffle_xor(int v, int lanes) { return emu::exchange(v, emu::lane() ^ lanes); }
inline int shuffle_up(int v, int lanes) {
  int from = (int)emu::lane() - lanes;
  return emu::exchange(v, from < 0 ? 32u : (unsigned)from);
}
inline int shuffle_from(int v, int lane) { return emu::exchange(v, lane % 32); }
inline float shuffle_from(float v, int lane) { return emu::exchange(v, lane % 32); }
inline u32 match_lanes(int v) {
  memcpy(&emu::slot_of(emu::lane()), &v, sizeof v);
  emu::meet(emu::warp());
  u32 same = 0;
  for (unsigned i = 0; i < 32; i++) {
    int other;
    memcpy(&other, &emu::slot_of(i), sizeof other);
    if (other == v) same |= 1u << i;
  }
  emu::meet(emu::warp());
  return same;
}
inline int count_bits(u32 v) { return __builtin_popcount(v); }
inline void sync_warp() { emu::meet(emu::warp()); }
inline void sync_block() { emu::meet(emu::block->all); }

// Fragments as the PTX ISA lays them out: group = lane / 4, pair = lane % 4; a holds rows group and
// group + 8, columns 2 pair and 2 pair + 8; b holds column group; d holds columns 2 pair.
inline void mma_16816(float (&d)[4], const u32 (&a)[4], const u32 (&b)[2]) {
  struct Fragment { u32 a[4], b[2]; } mine;
  memcpy(mine.a, a, sizeof mine.a);
  memcpy(mine.b, b, sizeof mine.b);
  memcpy(&emu::slot_of(emu::lane()), &mine, sizeof mine);
  emu::meet(emu::warp());
  int group = emu::lane() / 4, pair = emu::lane() % 4;
  auto value = [](u32 word, int high) { return to_float(bf16{(unsigned short)(high ? word >> 16 : word)}); };
  for (int i = 0; i < 4; i++) {
    int column = 2 * pair + (i & 1);
    float sum = d[i];
    for (int k = 0; k < 16; k++) {
      Fragment left, right;
      memcpy(&left, &emu::slot_of(group * 4 + k % 8 / 2), sizeof left);
      memcpy(&right, &emu::slot_of(column * 4 + k % 8 / 2), sizeof right);
      sum += value(left.a[(k >= 8 ? 2 : 0) + (i >= 2 ? 1 : 0)], k & 1) * value(right.b[k >= 8 ? 1 : 0], k & 1);
    }
    d[i] = sum;
  }
  emu::meet(emu::warp());
}

inline void check_aligned(const void* p, int bytes) {
  if ((uintptr_t)p % bytes) emu::fail(emu::block->kernel, "a vector access that is not aligned to its size");
}
inline void check_aligned(const void* p) { check_aligned(p, 16); }

inline void require_shared(int bytes) {
  if ((size_t)bytes + 16 > emu::block->shared.size()) emu::fail(emu::block->kernel, "launched with less shared memory than it uses");
}

inline void load_matrix_x4(u32 (&r)[4], const void* shared_row) {
  check_aligned(shared_row);
  memcpy(&emu::slot_of(emu::lane()), &shared_row, sizeof shared_row);
  emu::meet(emu::warp());
  for (int m = 0; m < 4; m++) {
    const unsigned char* row;
    memcpy(&row, &emu::slot_of(m * 8 + emu::lane() / 4), sizeof row);
    memcpy(&r[m], row + emu::lane() % 4 * 4, 4);
  }
  emu::meet(emu::warp());
}
inline void load_matrix_x4_transposed(u32 (&r)[4], const void* shared_row) {
  check_aligned(shared_row);
  memcpy(&emu::slot_of(emu::lane()), &shared_row, sizeof shared_row);
  emu::meet(emu::warp());
  for (int m = 0; m < 4; m++) {
    unsigned short pair[2];
    for (int i = 0; i < 2; i++) {
      const unsigned char* row;
      memcpy(&row, &emu::slot_of(m * 8 + emu::lane() % 4 * 2 + i), sizeof row);
      memcpy(&pair[i], row + emu::lane() / 4 * 2, 2);
    }
    memcpy(&r[m], pair, 4);
  }
  emu::meet(emu::warp());
}

inline void copy_async_16(void* shared, const void* global, bool valid) {
  check_aligned(shared);
  if (valid) check_aligned(global);
  memset(shared, 0xFF, 16);
  emu::fiber->open.push_back({shared, global, 16, valid});
}
inline void copy_async_4(void* shared, const void* global, bool valid) {
  if ((uintptr_t)shared % 4 || (valid && (uintptr_t)global % 4)) emu::fail(emu::block->kernel, "a 4-byte copy that is not aligned");
  memset(shared, 0xFF, 4);
  emu::fiber->open.push_back({shared, global, 4, valid});
}
inline void copy_async_commit() {
  emu::fiber->groups.push_back(std::move(emu::fiber->open));
  emu::fiber->open.clear();
}
template <int PENDING> inline void copy_async_wait() {
  auto& groups = emu::fiber->groups;
  while ((int)groups.size() > PENDING) {
    emu::land(groups.front());
    groups.erase(groups.begin());
  }
}
