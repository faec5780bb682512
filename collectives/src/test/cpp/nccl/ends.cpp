// What communicators say of themselves, and how they end.
#include "comm.h"
#include "version.h"

API int ncclGetVersion(int* number) {
  ENTER("ncclGetVersion");
  *number = version();
  return ncclSuccess;
}

API const char* ncclGetErrorString(int code) {
  static const char* texts[] = {"no error", "unhandled cuda error", "unhandled system error", "internal error",
                                "invalid argument", "invalid usage", "remote process exited or there was a network error",
                                "NCCL operation in progress"};
  return code >= 0 && code < 8 ? texts[code] : "unknown result code";
}

API const char* ncclGetLastError(Comm* handle) {
  static thread_local std::string text;
  CommPtr comm = comms().get(handle);
  text = comm ? comm->error() : "";
  return text.c_str();
}

API int ncclCommGetAsyncError(Comm* handle, int* error) {
  CommPtr comm = comms().get(handle);
  if (!comm || error == nullptr) return ncclInvalidArgument;
  // What a test asks for here is an error of the background, which stays.
  if (int fault = emulator_fault("ncclCommGetAsyncError")) comm->fail((Result)fault, "as the test asked");
  *error = comm->async_error();
  return ncclSuccess;
}

static int say(const char* function, Comm* handle, int* value, int (*what)(const Comm&)) {
  ENTER(function);
  CommPtr comm = comms().get(handle);
  if (!comm || value == nullptr) return ncclInvalidArgument;
  if (comm->state == ncclInProgress) return ncclInvalidArgument;
  *value = what(*comm);
  return ncclSuccess;
}
API int ncclCommCount(Comm* comm, int* count) { return say("ncclCommCount", comm, count, [](const Comm& c) { return c.ranks; }); }
API int ncclCommUserRank(Comm* comm, int* rank) { return say("ncclCommUserRank", comm, rank, [](const Comm& c) { return c.rank; }); }
API int ncclCommCuDevice(Comm* comm, int* device) { return say("ncclCommCuDevice", comm, device, [](const Comm& c) { return c.device; }); }

// Runs it here where the communicator blocks, and otherwise in the background.
static int settle_after(const CommPtr& comm, void (*wait)(Comm&)) {
  if (comm->blocking) {
    wait(*comm);
    return ncclSuccess;
  }
  comm->settle(ncclInProgress);
  std::thread([comm, wait] {
    wait(*comm);
    comm->settle(ncclSuccess);
  }).detach();
  return ncclInProgress;
}

API int ncclCommFinalize(Comm* handle) {
  ENTER("ncclCommFinalize");
  CommPtr comm = comms().get(handle);
  if (!comm) return ncclInvalidArgument;
  if (comm->state != ncclSuccess) return ncclInvalidUsage;
  return settle_after(comm, [](Comm& c) { c.await_work(); });
}

API int ncclCommDestroy(Comm* handle) {
  ENTER("ncclCommDestroy");
  CommPtr comm = comms().remove(handle);
  if (!comm) return ncclInvalidArgument;
  if (comm->blocking) comm->await_work();
  return ncclSuccess;
}

API int ncclCommAbort(Comm* handle) {
  ENTER("ncclCommAbort");
  CommPtr comm = comms().remove(handle);
  if (!comm) return ncclInvalidArgument;
  comm->end();
  return ncclSuccess;
}

API int ncclCommRevoke(Comm* handle, int flags) {
  ENTER("ncclCommRevoke");
  need(22807, "ncclCommRevoke");
  CommPtr comm = comms().get(handle);
  if (!comm || flags != 0) return ncclInvalidArgument;
  comm->ended = true;
  return settle_after(comm, [](Comm& c) { c.end(); });
}
