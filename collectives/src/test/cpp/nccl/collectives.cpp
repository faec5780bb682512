// Groups and collectives.
#include "groups.h"

API int ncclGroupStart() {
  ENTER("ncclGroupStart");
  group.depth++;
  return ncclSuccess;
}

API int ncclGroupEnd() {
  if (int fault = emulator_fault("ncclGroupEnd")) {
    group = Group();
    return fault;
  }
  if (group.depth == 0) return ncclInvalidUsage;
  return --group.depth > 0 ? ncclSuccess : end_group();
}

static int collect(const char* function, Comm* handle, Operand op, size_t send_count, size_t receive_count) {
  if (int fault = emulator_fault(function)) return refuse((Result)fault, function, "as the test asked");
  Result result = ncclSuccess;
  CommPtr comm = usable(handle, function, result);
  if (!comm) return result;
  size_t element = size_of(op.type);
  if (element == 0) return refuse(ncclInvalidArgument, function, "a type that is not known");
  if (op.operation != SUM && op.operation != MAX && op.operation != MIN) return refuse(ncclInvalidArgument, function, "an operation that is not known");
  if (op.root < 0 || op.root >= comm->ranks) return refuse(ncclInvalidArgument, function, "a root or peer outside the ranks");
  if (op.count == 0) return ncclSuccess;
  for (auto [address, count] : {std::pair{op.from, send_count}, {(const char*)op.to, receive_count}})
    if (count > 0 && ((uintptr_t)address % element || !emulator_live(address, count * element)))
      return refuse(ncclInvalidArgument, function, "a buffer that is no memory of the GPU, or not aligned to its elements");
  Work* work = nullptr;
  for (Work& w : group.work)
    if (w.comm == comm) work = &w;
  if (work == nullptr) work = &group.work.emplace_back(Work{comm, {}, 0});
  if (!work->ops.empty() && work->ops.front().stream != op.stream)
    return refuse(ncclInvalidUsage, function, "two streams for a communicator in a group: not emulated");
  work->ops.push_back(op);
  return end_group_if_outermost();
}

// A count of a communicator that is none does not matter: collect refuses first.
static size_t ranks_of(const Comm* handle) {
  CommPtr comm = comms().get(handle);
  return comm ? (size_t)comm->ranks : 1;
}
static bool is_rank(const Comm* handle, int rank) {
  CommPtr comm = comms().get(handle);
  return comm && comm->rank == rank;
}

#define COLLECTIVE(name, parameters, ...) API int name parameters { return collect(#name, comm, __VA_ARGS__); }

COLLECTIVE(ncclAllReduce, (const char* from, char* to, size_t count, int type, int operation, Comm* comm, void* stream),
           {What::ALL_REDUCE, from, to, count, type, operation, 0, stream}, count, count)
COLLECTIVE(ncclReduceScatter, (const char* from, char* to, size_t count, int type, int operation, Comm* comm, void* stream),
           {What::REDUCE_SCATTER, from, to, count, type, operation, 0, stream}, count * ranks_of(comm), count)
COLLECTIVE(ncclAllGather, (const char* from, char* to, size_t count, int type, Comm* comm, void* stream),
           {What::ALL_GATHER, from, to, count, type, SUM, 0, stream}, count, count * ranks_of(comm))
COLLECTIVE(ncclBroadcast, (const char* from, char* to, size_t count, int type, int root, Comm* comm, void* stream),
           {What::BROADCAST, from, to, count, type, SUM, root, stream}, is_rank(comm, root) ? count : 0, count)
COLLECTIVE(ncclReduce, (const char* from, char* to, size_t count, int type, int operation, int root, Comm* comm, void* stream),
           {What::REDUCE, from, to, count, type, operation, root, stream}, count, is_rank(comm, root) ? count : 0)
COLLECTIVE(ncclSend, (const char* from, size_t count, int type, int peer, Comm* comm, void* stream),
           {What::SEND, from, nullptr, count, type, SUM, peer, stream}, count, 0)
COLLECTIVE(ncclRecv, (char* to, size_t count, int type, int peer, Comm* comm, void* stream),
           {What::RECEIVE, nullptr, to, count, type, SUM, peer, stream}, 0, count)
