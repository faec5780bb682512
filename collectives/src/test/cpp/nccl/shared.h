// Where the ranks of a communicator meet: a mapped file, whether they are threads or processes.
#pragma once
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <string>

#include "api.h"
#include "driver.h"

using Word = std::atomic<uint32_t>;

constexpr size_t CHUNK = 64 << 10;
constexpr uint32_t SPLITS = 128;

// What both sides of a message must agree on.
struct Signature {
  uint32_t what, type, operation;
  int32_t root;
  uint64_t count, number;
};

// One way from one rank to another: a chunk at a time.
struct Channel {
  Word full;
  uint32_t bytes;
  Signature signature;  // with a message's first chunk
  char data[CHUNK];
};

struct Seat {
  Word taken, bell;
  uint64_t gpu;
  struct { Word given; int color, key; } splits[SPLITS];
};

struct Head {
  Word ranks, joined, disagreed;
};

inline uint64_t mixed(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ x >> 27) * 0x94D049BB133111EBull;
  return x ^ x >> 31;
}

struct Id {
  uint64_t words[2];

  static Id random() {
    Id id;
    if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id) abort();
    return id;
  }
  Id derived(uint64_t value) const { return {{mixed(words[0] ^ mixed(value)), mixed(words[1] + mixed(~value))}}; }

  std::string file() const {
    char name[80];
    snprintf(name, sizeof name, "/dev/shm/emulated-nccl-%016lx%016lx", (unsigned long)words[0], (unsigned long)words[1]);
    return name;
  }
};

class Shared {
  char* memory_;
  const size_t bytes_;

  static size_t seats_at() { return 4096; }
  static size_t channels_at(int ranks) { return seats_at() + sizeof(Seat) * (size_t)ranks; }

 public:
  const int ranks;

  static size_t bytes_for(int ranks) { return channels_at(ranks) + sizeof(Channel) * (size_t)ranks * (size_t)ranks; }

  Shared(void* memory, int ranks) : memory_((char*)memory), bytes_(bytes_for(ranks)), ranks(ranks) {}
  Shared(const Shared&) = delete;
  ~Shared() { munmap(memory_, bytes_); }

  // Null where the system refuses.
  static Shared* open(const Id& id, int ranks) {
    int file = ::open(id.file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return nullptr;
    void* memory = MAP_FAILED;
    if (ftruncate(file, (off_t)bytes_for(ranks)) == 0)
      memory = mmap(nullptr, bytes_for(ranks), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? nullptr : new Shared(memory, ranks);
  }

  Head& head() const { return *(Head*)memory_; }
  Seat& seat(int rank) const { return ((Seat*)(memory_ + seats_at()))[rank]; }
  Channel& channel(int from, int to) const { return ((Channel*)(memory_ + channels_at(ranks)))[from * ranks + to]; }

  void ring(int rank) const {
    seat(rank).bell++;
    syscall(SYS_futex, &seat(rank).bell, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }
  // Returns when the bell has rung since it was at that, and after 2 ms at the latest.
  void listen(int rank, uint32_t bell) const {
    timespec most{0, 2000000};
    syscall(SYS_futex, &seat(rank).bell, FUTEX_WAIT, bell, &most, nullptr, 0);
  }
};
