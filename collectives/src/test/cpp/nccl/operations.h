// What a collective does when its turn in the stream comes.
#pragma once
#include "exchange.h"
#include "reduce.h"

enum class What : uint32_t { ALL_REDUCE = 1, REDUCE_SCATTER, ALL_GATHER, BROADCAST, REDUCE, SEND, RECEIVE };

struct Operand {
  What what;
  const char* from;
  char* to;
  size_t count;  // as the caller gives it
  int type, operation, root;  // the root, or the peer of a message
  void* stream;
};

class Performance {
  Comm& comm_;
  const Operand& op_;
  const size_t element_;
  const Signature signature_;

  char* sent(size_t at) const { return const_cast<char*>(op_.from) + at * element_; }

  void add(std::vector<Message>& messages, int peer, bool sends, char* data, size_t elements) const {
    messages.push_back({peer, sends, data, elements * element_, signature_});
  }
  bool exchange(std::vector<Message>& messages) const { return Exchange(comm_, messages).run(); }

  // Takes everybody's values of start[rank] .. start[rank + 1] and reduces them.
  bool reduce_slices(const std::vector<size_t>& start, char* to) const {
    size_t mine = start[comm_.rank + 1] - start[comm_.rank];
    std::vector<char> theirs(mine * element_ * comm_.ranks);
    std::vector<const char*> values;
    std::vector<Message> messages;
    for (int r = 0; r < comm_.ranks; r++) {
      char* place = r == comm_.rank ? sent(start[r]) : theirs.data() + mine * element_ * r;
      values.push_back(place);
      if (r == comm_.rank) continue;
      add(messages, r, true, sent(start[r]), start[r + 1] - start[r]);
      add(messages, r, false, place, mine);
    }
    if (!exchange(messages)) return false;
    reduce(values, to, mine, op_.type, op_.operation);
    return true;
  }

  // Everybody's slice, which lies in its place on its rank, comes to all.
  bool gather_slices(const std::vector<size_t>& start, char* all) const {
    std::vector<Message> messages;
    for (int r = 0; r < comm_.ranks; r++) {
      if (r == comm_.rank) continue;
      add(messages, r, true, all + start[comm_.rank] * element_, start[comm_.rank + 1] - start[comm_.rank]);
      add(messages, r, false, all + start[r] * element_, start[r + 1] - start[r]);
    }
    return exchange(messages);
  }

  // Where each rank's slice starts, and the end.
  std::vector<size_t> slices(size_t elements) const {
    std::vector<size_t> start;
    for (int r = 0; r <= comm_.ranks; r++) start.push_back(elements * (size_t)r / (size_t)comm_.ranks);
    return start;
  }

  bool broadcast() const {
    std::vector<Message> messages;
    if (comm_.rank != op_.root) {
      add(messages, op_.root, false, op_.to, op_.count);
      return exchange(messages);
    }
    for (int r = 0; r < comm_.ranks; r++)
      if (r != comm_.rank) add(messages, r, true, sent(0), op_.count);
    if (!exchange(messages)) return false;
    memmove(op_.to, op_.from, op_.count * element_);
    return true;
  }

  bool reduce_to_root() const {
    std::vector<size_t> start(comm_.ranks + 1, 0);
    for (int r = op_.root + 1; r <= comm_.ranks; r++) start[r] = op_.count;
    return reduce_slices(start, op_.to);
  }

 public:
  Performance(Comm& comm, const Operand& op)
      : comm_(comm), op_(op), element_(size_of(op.type)),
        signature_{(uint32_t)op.what, (uint32_t)op.type, (uint32_t)op.operation, op.root, op.count, comm.collectives++} {}

  bool run() const {
    switch (op_.what) {
      case What::ALL_REDUCE: {
        auto start = slices(op_.count);
        return reduce_slices(start, op_.to + start[comm_.rank] * element_) && gather_slices(start, op_.to);
      }
      case What::REDUCE_SCATTER: return reduce_slices(slices(op_.count * comm_.ranks), op_.to);
      case What::ALL_GATHER:
        memmove(op_.to + comm_.rank * op_.count * element_, op_.from, op_.count * element_);
        return gather_slices(slices(op_.count * comm_.ranks), op_.to);
      case What::BROADCAST: return broadcast();
      case What::REDUCE: return reduce_to_root();
      case What::SEND: case What::RECEIVE: break;  // all of a group at once: perform_messages
    }
    return false;
  }
};

inline bool is_message(const Operand& op) { return op.what == What::SEND || op.what == What::RECEIVE; }

inline bool perform_messages(Comm& comm, const std::vector<Operand>& ops) {
  std::vector<Message> messages;
  for (const Operand& op : ops) {
    if (!is_message(op)) continue;
    bool sends = op.what == What::SEND;
    Signature signature{(uint32_t)What::SEND, 0, 0, 0, op.count * size_of(op.type), 0};
    messages.push_back({op.root, sends, sends ? const_cast<char*>(op.from) : op.to, op.count * size_of(op.type), signature});
  }
  return messages.empty() || Exchange(comm, messages).run();
}

inline void perform(Comm& comm, const std::vector<Operand>& ops) {
  if (comm.ended || !perform_messages(comm, ops)) return;
  for (const Operand& op : ops)
    if (!is_message(op) && !Performance(comm, op).run()) return;
}
