// Collectives of threads and of processes.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../nccl/api.h"
#include "check.h"

typedef struct OpaqueComm* Communicator;

extern "C" {
int ncclGetUniqueId(UniqueId*);
int ncclCommInitRankConfig(Communicator*, int, UniqueId, int, const Config*);
int ncclCommSplit(Communicator, int, int, Communicator*, const Config*);
int ncclCommShrink(Communicator, const int*, int, Communicator*, const Config*, int);
int ncclCommRevoke(Communicator, int);
int ncclCommGetAsyncError(Communicator, int*);
int ncclCommCount(Communicator, int*);
int ncclCommUserRank(Communicator, int*);
int ncclCommFinalize(Communicator);
int ncclCommDestroy(Communicator);
int ncclCommAbort(Communicator);
int ncclGroupStart();
int ncclGroupEnd();
int ncclAllReduce(CUdeviceptr, CUdeviceptr, size_t, int, int, Communicator, CUstream);
int ncclReduceScatter(CUdeviceptr, CUdeviceptr, size_t, int, int, Communicator, CUstream);
int ncclAllGather(CUdeviceptr, CUdeviceptr, size_t, int, Communicator, CUstream);
int ncclBroadcast(CUdeviceptr, CUdeviceptr, size_t, int, int, Communicator, CUstream);
int ncclReduce(CUdeviceptr, CUdeviceptr, size_t, int, int, int, Communicator, CUstream);
int ncclSend(CUdeviceptr, size_t, int, int, Communicator, CUstream);
int ncclRecv(CUdeviceptr, size_t, int, int, Communicator, CUstream);
}

extern char** environ;

static int error_of(Communicator comm) {
  int error;
  EQUAL(0, ncclCommGetAsyncError(comm, &error));
  return error;
}

// The outcome of a call of a non-blocking communicator, which the call itself may make.
static int settled(int result, const Communicator& comm) {
  if (result != ncclInProgress) return result;
  int error = ncclInProgress;
  CHECK(comes([&] { return (error = error_of(comm)) != ncclInProgress; }));
  return error;
}

static Communicator join(const UniqueId& id, int ranks, int rank, int blocking = 0) {
  Config config{sizeof(Config), CONFIG_MAGIC, 22903, blocking};
  Communicator comm = nullptr;
  EQUAL(0, settled(ncclCommInitRankConfig(&comm, ranks, id, rank, &config), comm));
  return comm;
}

static void leave(Communicator comm) {
  EQUAL(0, settled(ncclCommFinalize(comm), comm));
  EQUAL(0, ncclCommDestroy(comm));
}

static void on_ranks(int ranks, const std::function<void(int rank, const UniqueId& id)>& body) {
  UniqueId id;
  EQUAL(0, ncclGetUniqueId(&id));
  std::vector<std::thread> threads;
  for (int r = 0; r < ranks; r++) threads.emplace_back([=] { body(r, id); });
  for (std::thread& thread : threads) thread.join();
}

// Numbers that a wrong order or place of a rank's part shows in, and bf16 holds.
static float number(int rank, size_t i) { return (float)((int)((i * 7 + (size_t)rank * 13) % 31) - 15); }

struct Floats {
  CUdeviceptr address;
  size_t count;
  Floats(const Gpu& gpu, size_t count) : address(gpu.memory(count * 4)), count(count) {}
  ~Floats() { EQUAL(0, cuMemFree_v2(address)); }
  void fill(int rank) const {
    std::vector<float> values(count);
    for (size_t i = 0; i < count; i++) values[i] = number(rank, i);
    EQUAL(0, cuMemcpyHtoD_v2(address, values.data(), count * 4));
  }
  void expect(size_t from, size_t to, const std::function<float(size_t)>& value) const {
    std::vector<float> values(count);
    EQUAL(0, cuMemcpyDtoH_v2(values.data(), address, count * 4));
    for (size_t i = from; i < to; i++)
      if (values[i] != value(i)) {
        fprintf(stderr, "at %zu of %zu: %g, not %g\n", i, count, values[i], value(i));
        exit(1);
      }
  }
};

static void collectives(Communicator comm, const Gpu& gpu, int ranks, int rank, size_t count) {
  auto sum = [=](size_t i) { float s = 0; for (int r = 0; r < ranks; r++) s += number(r, i); return s; };
  Floats one(gpu, count), all(gpu, count * (size_t)ranks);
  auto done = [&](int result) {
    EQUAL(0, settled(result, comm));
    EQUAL(0, cuStreamSynchronize(gpu.stream));
  };
  one.fill(rank);
  done(ncclAllReduce(one.address, one.address, count, FLOAT32, SUM, comm, gpu.stream));
  one.expect(0, count, sum);
  one.fill(rank);
  done(ncclAllReduce(one.address, one.address, count, FLOAT32, MAX, comm, gpu.stream));
  one.expect(0, count, [=](size_t i) { float m = -99; for (int r = 0; r < ranks; r++) m = std::max(m, number(r, i)); return m; });
  all.fill(rank);
  done(ncclReduceScatter(all.address, one.address, count, FLOAT32, SUM, comm, gpu.stream));
  one.expect(0, count, [=](size_t i) { return sum(i + count * (size_t)rank); });
  one.fill(rank);
  done(ncclAllGather(one.address, all.address, count, FLOAT32, comm, gpu.stream));
  all.expect(0, count * (size_t)ranks, [=](size_t i) { return number((int)(i / count), i % count); });
  one.fill(rank);
  done(ncclBroadcast(one.address, one.address, count, FLOAT32, ranks - 1, comm, gpu.stream));
  one.expect(0, count, [=](size_t i) { return number(ranks - 1, i); });
  one.fill(rank);
  done(ncclReduce(one.address, one.address, count, FLOAT32, SUM, ranks - 1, comm, gpu.stream));
  one.expect(0, count, [=](size_t i) { return rank == ranks - 1 ? sum(i) : number(rank, i); });

  // Everybody to everybody, itself too, in one group.
  Floats from(gpu, count * (size_t)ranks);
  from.fill(rank);
  EQUAL(0, ncclGroupStart());
  for (int r = 0; r < ranks; r++) {
    EQUAL(0, ncclSend(from.address + 4 * count * (size_t)r, count, FLOAT32, r, comm, gpu.stream));
    EQUAL(0, ncclRecv(all.address + 4 * count * (size_t)r, count, FLOAT32, r, comm, gpu.stream));
  }
  done(ncclGroupEnd());
  all.expect(0, count * (size_t)ranks, [=](size_t i) { return number((int)(i / count), i % count + count * (size_t)rank); });
}

void test_collectives_of_threads() {
  for (int ranks : {1, 3})
    on_ranks(ranks, [=](int rank, const UniqueId& id) {
      Gpu gpu(rank);
      Communicator comm = join(id, ranks, rank);
      for (size_t count : {1, 2, 13, 50001}) collectives(comm, gpu, ranks, rank, count);
      leave(comm);
    });
}

// 1 + 2^-8 is not a bf16: three of them, rounded once, are 3 + 2^-6, rounded at each step another.
void test_bf16_sums_are_rounded_once() {
  on_ranks(3, [](int rank, const UniqueId& id) {
    Gpu gpu(rank);
    Communicator comm = join(id, 3, rank, 1);
    CUdeviceptr cell = gpu.memory(4);
    uint16_t value = rank == 0 ? 0x3F80 : 0x3B80, sum;  // 1, 2^-8, 2^-8
    EQUAL(0, cuMemcpyHtoD_v2(cell, &value, 2));
    EQUAL(0, ncclAllReduce(cell, cell, 1, BFLOAT16, SUM, comm, gpu.stream));
    EQUAL(0, cuStreamSynchronize(gpu.stream));
    EQUAL(0, cuMemcpyDtoH_v2(&sum, cell, 2));
    EQUAL(0x3F81, sum);
    EQUAL(0, cuMemFree_v2(cell));
    leave(comm);
  });
}

void test_split_revoke_and_shrink() {
  on_ranks(4, [](int rank, const UniqueId& id) {
    Gpu gpu(rank);
    Communicator world = join(id, 4, rank), half = nullptr, none = nullptr;
    EQUAL(0, settled(ncclCommSplit(world, rank % 2, -rank, &half, nullptr), half));
    int count, index;
    EQUAL(0, ncclCommCount(half, &count));
    EQUAL(0, ncclCommUserRank(half, &index));
    EQUAL(2, count);
    EQUAL(rank < 2 ? 1 : 0, index);
    EQUAL(0, ncclCommSplit(world, rank == 3 ? NO_COLOR : 0, 0, &none, nullptr) % ncclInProgress);
    CHECK((none == nullptr) == (rank == 3));
    if (none != nullptr) {
      EQUAL(0, settled(ncclInProgress, none));
      collectives(none, gpu, 3, rank, 100);
      leave(none);
    }
    collectives(half, gpu, 2, index, 100);
    leave(half);

    // Rank 3 is gone: the others' all-reduce waits for it, until they revoke and go on without it.
    if (rank == 3) {
      EQUAL(0, ncclCommAbort(world));
      return;
    }
    Floats values(gpu, 1000);
    EQUAL(0, settled(ncclAllReduce(values.address, values.address, 1000, FLOAT32, SUM, world, gpu.stream), world));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EQUAL(600, cuStreamQuery(gpu.stream));
    EQUAL(0, settled(ncclCommRevoke(world, 0), world));
    EQUAL(0, cuStreamSynchronize(gpu.stream));
    EQUAL(ncclInvalidUsage, ncclAllReduce(values.address, values.address, 1000, FLOAT32, SUM, world, gpu.stream));
    Communicator rest = nullptr;
    int gone = 3;
    EQUAL(0, settled(ncclCommShrink(world, &gone, 1, &rest, nullptr, 0), rest));
    EQUAL(0, ncclCommDestroy(world));
    collectives(rest, gpu, 3, rank, 1000);
    leave(rest);
  });
}

// Whether the file that the ranks met in is still there.
static bool has_file(const UniqueId& id) {
  uint64_t words[2];
  memcpy(words, id.bytes, sizeof words);
  char name[80];
  snprintf(name, sizeof name, "/dev/shm/emulated-nccl-%016lx%016lx", words[0], words[1]);
  return access(name, F_OK) == 0;
}

void test_misuse() {
  on_ranks(2, [](int rank, const UniqueId& id) {
    Gpu gpu(rank);
    Communicator comm = join(id, 2, rank);
    Floats values(gpu, 100);
    float host[10];
    EQUAL(ncclInvalidArgument, ncclAllReduce((CUdeviceptr)host, values.address, 10, FLOAT32, SUM, comm, gpu.stream));
    EQUAL(ncclInvalidArgument, ncclAllReduce(values.address, values.address, 10, 6, SUM, comm, gpu.stream));
    // The ranks disagree: both hear of it, and the stream waits for the abort.
    ncclAllReduce(values.address, values.address, rank == 0 ? 10 : 11, FLOAT32, SUM, comm, gpu.stream);
    CHECK(comes([&] { return error_of(comm) == ncclInvalidUsage; }));
    EQUAL(600, cuStreamQuery(gpu.stream));
    EQUAL(0, ncclCommAbort(comm));
    EQUAL(0, cuStreamSynchronize(gpu.stream));
  });
  on_ranks(1, [](int, const UniqueId& id) {
    Gpu gpu(0);
    Communicator comm = join(id, 1, 0);
    Floats values(gpu, 10);
    auto reduce = [&] { return ncclAllReduce(values.address, values.address, 10, FLOAT32, SUM, comm, gpu.stream); };
    emulator_fail("ncclAllReduce", 2, ncclSystemError);
    EQUAL(0, settled(reduce(), comm));
    EQUAL(ncclSystemError, reduce());
    emulator_fail("ncclGroupEnd", 1, ncclInternalError);
    EQUAL(0, ncclGroupStart());
    EQUAL(0, reduce());
    EQUAL(ncclInternalError, ncclGroupEnd());
    EQUAL(0, settled(reduce(), comm));
    emulator_fail("ncclCommGetAsyncError", 1, ncclRemoteError);
    EQUAL(ncclRemoteError, error_of(comm));
    EQUAL(ncclRemoteError, reduce());
    EQUAL(0, ncclCommAbort(comm));
    EQUAL(0, cuStreamSynchronize(gpu.stream));

    // A sick GPU takes part in nothing: the queued work ends, and the call after it fails.
    comm = join(id, 1, 0, 1);
    std::atomic<bool> gate{false};
    EQUAL(0, cuLaunchHostFunc(gpu.stream, [](void* open) { while (!*(std::atomic<bool>*)open) std::this_thread::yield(); }, &gate));
    emulator_fail("cuLaunchHostFunc", 1, 700);
    EQUAL(0, cuLaunchHostFunc(gpu.stream, [](void*) {}, nullptr));
    EQUAL(0, reduce());
    gate = true;
    EQUAL(700, cuStreamSynchronize(gpu.stream));
    EQUAL(ncclUnhandledCudaError, reduce());
    EQUAL(0, ncclCommAbort(comm));
    emulator_reset();
  });
  on_ranks(2, [](int rank, const UniqueId& id) {
    Gpu gpu(0);
    Config config{sizeof(Config), CONFIG_MAGIC, 22903, 0};
    Communicator comm = nullptr;
    EQUAL(ncclInvalidUsage, settled(ncclCommInitRankConfig(&comm, 2, id, rank, &config), comm));  // the same GPU twice
    EQUAL(0, ncclCommAbort(comm));
  });
  on_ranks(1, [](int, const UniqueId& id) {
    Gpu gpu(0);
    Config config{sizeof(Config), CONFIG_MAGIC, 22903, 0};
    Communicator comm = nullptr;
    EQUAL(ncclInProgress, ncclCommInitRankConfig(&comm, 2, id, 0, &config));  // the other never comes
    CHECK(comes([&] { return has_file(id); }));
    EQUAL(ncclInProgress, error_of(comm));
    Floats values(gpu, 10);
    EQUAL(ncclInvalidArgument, ncclAllReduce(values.address, values.address, 10, FLOAT32, SUM, comm, gpu.stream));
    EQUAL(0, ncclCommAbort(comm));
    CHECK(comes([&] { return !has_file(id); }));
  });
}

static UniqueId id_of(const char* hex) {
  UniqueId id{};
  for (int i = 0; i < 16; i++) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    id.bytes[i] = (char)byte;
  }
  return id;
}

constexpr size_t LARGE = 300000;

// The second process: takes part in the first all-reduces, and is killed while it makes more.
int run_second_process(const char* hex) {
  Gpu gpu(1);
  Communicator comm = join(id_of(hex), 2, 1);
  collectives(comm, gpu, 2, 1, 1000);
  Floats values(gpu, LARGE);
  while (true) {
    EQUAL(0, settled(ncclAllReduce(values.address, values.address, LARGE, FLOAT32, SUM, comm, gpu.stream), comm));
    EQUAL(0, cuStreamSynchronize(gpu.stream));
  }
}

void test_a_killed_process() {
  UniqueId id;
  EQUAL(0, ncclGetUniqueId(&id));
  char hex[33];
  for (int i = 0; i < 16; i++) snprintf(hex + 2 * i, 3, "%02x", (unsigned char)id.bytes[i]);
  char self[] = "/proc/self/exe", second[] = "second";
  char* arguments[] = {self, second, hex, nullptr};
  pid_t child;
  EQUAL(0, posix_spawn(&child, self, nullptr, nullptr, arguments, environ));
  Gpu gpu(0);
  Communicator comm = join(id, 2, 0);
  CHECK(!has_file(id));
  collectives(comm, gpu, 2, 0, 1000);
  Floats values(gpu, LARGE);
  bool stuck = false;
  for (int i = 0; !stuck; i++) {
    if (i == 3) EQUAL(0, kill(child, SIGKILL));
    EQUAL(0, settled(ncclAllReduce(values.address, values.address, LARGE, FLOAT32, SUM, comm, gpu.stream), comm));
    auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(i < 3 ? 20000 : 300);
    while (cuStreamQuery(gpu.stream) == 600 && !stuck) stuck = std::chrono::steady_clock::now() > until;
  }
  int status;
  EQUAL(child, waitpid(child, &status, 0));
  EQUAL(600, cuStreamQuery(gpu.stream));
  EQUAL(0, error_of(comm));
  EQUAL(0, ncclCommAbort(comm));
  EQUAL(0, cuStreamSynchronize(gpu.stream));
}
