// Messages among the ranks, several at once, each in chunks through a channel.
#pragma once
#include <sched.h>

#include <vector>

#include "comm.h"

struct Message {
  int peer;
  bool sends;
  char* data;
  size_t bytes;
  Signature signature;
  size_t moved = 0;
  bool begun = false;

  bool done() const { return begun && moved == bytes; }
};

class Exchange {
  Comm& comm_;
  Shared& shared_;
  std::vector<Message>& messages_;

  bool send_chunk(Message& m) {
    Channel& channel = shared_.channel(comm_.rank, m.peer);
    if (channel.full.load(std::memory_order_acquire)) return false;
    if (!m.begun) channel.signature = m.signature;
    channel.bytes = (uint32_t)std::min(CHUNK, m.bytes - m.moved);
    memcpy(channel.data, m.data + m.moved, channel.bytes);
    channel.full.store(1, std::memory_order_release);
    m.moved += channel.bytes;
    m.begun = true;
    return true;
  }

  bool receive_chunk(Message& m) {
    Channel& channel = shared_.channel(m.peer, comm_.rank);
    if (!channel.full.load(std::memory_order_acquire)) return false;
    if (!m.begun && !agrees(m, channel.signature)) return false;
    memcpy(m.data + m.moved, channel.data, channel.bytes);
    m.moved += channel.bytes;
    m.begun = true;
    channel.full.store(0, std::memory_order_release);
    return true;
  }

  bool agrees(const Message& m, const Signature& theirs) {
    const Signature& mine = m.signature;
    if (memcmp(&mine, &theirs, sizeof mine) == 0) return true;
    if (!shared_.head().disagreed.exchange(1)) {
      char text[300];
      snprintf(text, sizeof text,
               "rank %d calls operation %u (type %u, reduction %u, root %d, count %lu, number %lu), this rank operation %u "
               "(type %u, reduction %u, root %d, count %lu, number %lu)",
               m.peer, theirs.what, theirs.type, theirs.operation, theirs.root, (unsigned long)theirs.count,
               (unsigned long)theirs.number, mine.what, mine.type, mine.operation, mine.root, (unsigned long)mine.count,
               (unsigned long)mine.number);
      comm_.fail(ncclInvalidUsage, text);
    }
    return false;
  }

  bool step() {
    std::vector<char> busy(2 * (size_t)comm_.ranks, 0);
    bool moved = false;
    for (Message& m : messages_) {
      if (m.done()) continue;
      char& lane = busy[2 * (size_t)m.peer + m.sends];
      if (lane) continue;  // messages to a rank, and from one, keep their order
      lane = 1;
      while (!m.done() && (m.sends ? send_chunk(m) : receive_chunk(m))) {
        moved = true;
        shared_.ring(m.peer);
      }
    }
    return moved;
  }

 public:
  Exchange(Comm& comm, std::vector<Message>& messages) : comm_(comm), shared_(*comm.shared), messages_(messages) {}

  // False when the communicator was ended, or its GPU fell sick. Ranks that disagree wait for that, as do those whose peer died.
  bool run() {
    for (int idle = 0;;) {
      if (comm_.ended || emulator_sick(comm_.context)) return false;
      uint32_t bell = shared_.seat(comm_.rank).bell;
      bool moved = !shared_.head().disagreed && step();
      bool all = true;
      for (const Message& m : messages_) all &= m.done();
      if (all) return true;
      idle = moved ? 0 : idle + 1;
      if (idle > 20) shared_.listen(comm_.rank, bell);
      else if (idle > 0) sched_yield();
    }
  }
};
