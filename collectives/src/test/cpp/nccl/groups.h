// Groups: calls between GroupStart and GroupEnd are issued together at its end.
#pragma once
#include <vector>

#include "comm.h"
#include "operations.h"
#include "version.h"

struct Work { CommPtr comm; std::vector<Operand> ops; uint64_t ticket; };

struct Group {
  int depth = 0;
  Result failed = ncclSuccess;
  std::vector<Work> work;         // one for each communicator
  std::vector<CommPtr> starting;  // communicators that are being made
};

inline thread_local Group group;

inline void run_work(void* data, int sick) {
  std::unique_ptr<Work> work((Work*)data);
  work->comm->begin(work->ticket);
  if (!sick) perform(*work->comm, work->ops);
  work->comm->finish();
}

inline Result enqueue(Work work) {
  CommPtr comm = work.comm;
  InContext context(comm->context);
  std::unique_ptr<Work> queued(new Work(std::move(work)));
  bool taken = comm->issue([&](uint64_t ticket) {
    queued->ticket = ticket;
    return emulator_enqueue(queued->ops.front().stream, run_work, queued.get()) == 0;
  });
  if (!taken) return comm->fail(ncclUnhandledCudaError, "the driver does not take work for this stream");
  queued.release();
  return ncclSuccess;
}

// What a non-blocking communicator's caller has to wait for: it comes a little later.
inline void enqueue_later(std::vector<Work> works) {
  for (const Work& work : works) work.comm->settle(ncclInProgress);
  std::thread([works = std::move(works)] {
    usleep(50);
    for (const Work& work : works) {
      CommPtr comm = work.comm;
      if (enqueue(work) == ncclSuccess) comm->settle(ncclSuccess);
    }
  }).detach();
}

inline Result end_group() {
  Group ended = std::move(group);
  group = Group();
  if (ended.failed) return ended.failed;
  Result result = ncclSuccess;
  for (const CommPtr& comm : ended.starting) {
    if (!comm->blocking) result = ncclInProgress;
    else if (Result failed = comm->await_settled()) return failed;
  }
  std::vector<Work> later;
  for (Work& work : ended.work) {
    if (work.comm->blocking) {
      if (Result failed = enqueue(std::move(work))) return failed;
    } else {
      later.push_back(std::move(work));
    }
  }
  if (later.empty()) return result;
  enqueue_later(std::move(later));
  return ncclInProgress;
}

inline Result end_group_if_outermost() { return group.depth == 0 ? end_group() : ncclSuccess; }

inline Result refuse(Result result, const char* function, const char* why) {
  fprintf(stderr, "emulated NCCL: %s: %s\n", function, why);
  if (group.depth > 0 && group.failed == ncclSuccess) group.failed = result;
  return result;
}

// A communicator that may be used now; null with the reason in result.
inline CommPtr usable(const Comm* handle, const char* function, Result& result) {
  CommPtr comm = comms().get(handle);
  if (!comm) {
    result = refuse(ncclInvalidArgument, function, "no such communicator");
  } else if (Result error = comm->async_error()) {
    result = error == ncclInProgress
                 ? refuse(ncclInvalidArgument, function, "the communicator is used before its previous call has succeeded")
                 : refuse(error, function, "the communicator has failed");
    comm.reset();
  } else if (comm->ended) {
    result = refuse(ncclInvalidUsage, function, "the communicator was revoked");
    comm.reset();
  }
  return comm;
}
