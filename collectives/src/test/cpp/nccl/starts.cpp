// How communicators begin: from an id, by a split, by leaving ranks out.
#include <set>

#include "groups.h"

// A GPU, as NCCL tells them apart: one communicator does not take the same one twice.
static uint64_t gpu_of(int device) {
  char bus[32] = "";
  cuDeviceGetPCIBusId(bus, sizeof bus, device);
  const char* host = getenv("NCCL_HOSTID");
  uint64_t hash = 0;
  for (const char* text : {(const char*)bus, host == nullptr ? "" : host})
    for (hash = mixed(hash); *text; text++) hash = mixed(hash ^ (unsigned char)*text);
  return hash | 1;
}

// Meets the others; in a thread of its own.
static void meet(const CommPtr& comm) {
  std::string file = comm->id.file();
  std::unique_ptr<Shared> shared(Shared::open(comm->id, comm->ranks));
  if (!shared) {
    comm->fail(ncclSystemError, "cannot map " + file);
    return;
  }
  uint32_t none = 0, vacant = 0;
  if (!shared->head().ranks.compare_exchange_strong(none, (uint32_t)comm->ranks) && none != (uint32_t)comm->ranks) {
    comm->fail(ncclInvalidArgument, "another rank says that there are " + std::to_string(none) + " ranks");
    return;
  }
  Seat& seat = shared->seat(comm->rank);
  if (!seat.taken.compare_exchange_strong(vacant, 1)) {
    comm->fail(ncclInvalidUsage, "this rank is there already");
    return;
  }
  seat.gpu = comm->gpu;
  shared->head().joined++;
  while (shared->head().joined < (uint32_t)comm->ranks) {
    if (comm->ended) {
      unlink(file.c_str());
      return;
    }
    usleep(200);
  }
  unlink(file.c_str());
  std::set<uint64_t> gpus;
  for (int r = 0; r < comm->ranks; r++) gpus.insert(shared->seat(r).gpu);
  if ((int)gpus.size() < comm->ranks) {
    comm->fail(ncclInvalidUsage, "duplicate GPU detected: two ranks have the same one");
    return;
  }
  comm->shared = std::move(shared);
  comm->settle(ncclSuccess);
}

// Refuses a configuration that NCCL would not take.
static bool read(const Config* config, bool& blocking) {
  blocking = true;
  if (config == nullptr) return true;
  if (config->magic != CONFIG_MAGIC || config->size < sizeof(Config)) return false;
  if (config->blocking != 0 && config->blocking != 1 && config->blocking != INT_MIN) return false;
  blocking = config->blocking != 0;
  return true;
}

// Prepares a communicator and lets it meet its peers, in the background; waits where it blocks.
static int start(Comm** handle, const CommPtr& comm, std::function<bool()> prepare) {
  *handle = comms().add(comm);
  std::thread([=] {
    if (prepare()) meet(comm);
    if (comm->state == ncclInProgress) comm->settle(ncclInternalError);  // ended meanwhile
  }).detach();
  group.starting.push_back(comm);
  int result = end_group_if_outermost();
  if (result != ncclSuccess && result != ncclInProgress) {
    comms().remove(comm.get());
    *handle = nullptr;
  }
  return result;
}

static int init(const char* function, Comm** handle, int ranks, const UniqueId& unique, int rank, const Config* config) {
  ENTER(function);
  bool blocking;
  if (handle == nullptr || ranks < 1 || ranks > 256 || rank < 0 || rank >= ranks || !read(config, blocking))
    return refuse(ncclInvalidArgument, function, "ranks, rank or configuration");
  void* context = nullptr;
  int device;
  if (cuCtxGetCurrent(&context) != 0 || context == nullptr || cuCtxGetDevice(&device) != 0)
    return refuse(ncclUnhandledCudaError, function, "no context is current on this thread");
  Id id;
  memcpy(&id, unique.bytes, sizeof id);
  return start(handle, std::make_shared<Comm>(id, rank, ranks, blocking, context, device, gpu_of(device)), [] { return true; });
}

API int ncclGetUniqueId(UniqueId* unique) {
  ENTER("ncclGetUniqueId");
  if (unique == nullptr) return ncclInvalidArgument;
  Id id = Id::random();
  memset(unique, 0, sizeof *unique);
  memcpy(unique->bytes, &id, sizeof id);
  return ncclSuccess;
}

API int ncclCommInitRank(Comm** handle, int ranks, UniqueId id, int rank) {
  return init("ncclCommInitRank", handle, ranks, id, rank, nullptr);
}
API int ncclCommInitRankConfig(Comm** handle, int ranks, UniqueId id, int rank, const Config* config) {
  return init("ncclCommInitRankConfig", handle, ranks, id, rank, config);
}

// A communicator that another is made from, and whether that one blocks; null with the reason in result.
static CommPtr parent_of(Comm* handle, const char* function, Comm** made, const Config* config, bool revoked_too, bool& blocking, Result& result) {
  CommPtr parent = comms().get(handle);
  if (!(parent && revoked_too && parent->ended && parent->state == ncclSuccess)) parent = usable(handle, function, result);
  if (!parent) return nullptr;
  if (made == nullptr || !read(config, blocking)) {
    result = refuse(ncclInvalidArgument, function, "configuration");
    return nullptr;
  }
  if (config == nullptr || config->blocking == INT_MIN) blocking = parent->blocking;
  return parent;
}

// Waits for every rank's colour, which says who is in the new communicator, and in what order.
static bool gather_colors(const Comm& parent, uint32_t number, int color, Comm& made) {
  std::vector<std::pair<int, int>> members;
  for (int r = 0; r < parent.ranks; r++) {
    auto& theirs = parent.shared->seat(r).splits[number];
    while (!theirs.given) {
      if (parent.ended || made.ended) return false;
      usleep(200);
    }
    if (theirs.color == color) members.push_back({theirs.key, r});
  }
  std::sort(members.begin(), members.end());
  made.ranks = (int)members.size();
  for (int i = 0; i < made.ranks; i++)
    if (members[(size_t)i].second == parent.rank) made.rank = i;
  return true;
}

API int ncclCommSplit(Comm* handle, int color, int key, Comm** made, const Config* config) {
  ENTER("ncclCommSplit");
  need(21800, "ncclCommSplit");
  bool blocking = true;
  Result result = ncclSuccess;
  CommPtr parent = parent_of(handle, "ncclCommSplit", made, config, false, blocking, result);
  if (!parent) return result;
  uint32_t number = parent->splits++;
  if ((color < 0 && color != NO_COLOR) || number >= SPLITS) return refuse(ncclInvalidArgument, "ncclCommSplit", "the colour, or too many splits");
  *made = nullptr;
  auto& mine = parent->shared->seat(parent->rank).splits[number];
  mine.color = color;
  mine.key = key;
  mine.given = 1;
  if (color == NO_COLOR) return ncclSuccess;
  Id id = parent->id.derived((uint64_t)number << 32 | (uint32_t)color);
  auto comm = std::make_shared<Comm>(id, 0, 0, blocking, parent->context, parent->device, parent->gpu);
  return start(made, comm, [=] { return gather_colors(*parent, number, color, *comm); });
}

API int ncclCommShrink(Comm* handle, const int* excluded, int count, Comm** made, const Config* config, int flags) {
  ENTER("ncclCommShrink");
  need(22703, "ncclCommShrink");
  bool blocking = true;
  Result result = ncclSuccess;
  CommPtr parent = parent_of(handle, "ncclCommShrink", made, config, true, blocking, result);
  if (!parent) return result;
  std::set<int> gone(excluded, excluded + count);
  bool inside = gone.empty() || (*gone.begin() >= 0 && *gone.rbegin() < parent->ranks);
  if (gone.empty() || !inside || gone.count(parent->rank) || (flags != 0 && flags != SHRINK_ABORT))
    return refuse(ncclInvalidArgument, "ncclCommShrink", "the ranks that are left out, or the flags");
  if (flags == SHRINK_ABORT) parent->end();
  uint64_t what = 0x5348u + parent->shrinks++;
  int rank = 0;
  for (int r = 0; r < parent->ranks; r++) {
    if (gone.count(r)) what = mixed(what ^ (uint64_t)(r + 1));
    else if (r < parent->rank) rank++;
  }
  auto comm = std::make_shared<Comm>(parent->id.derived(mixed(what)), rank, parent->ranks - (int)gone.size(), blocking,
                                     parent->context, parent->device, parent->gpu);
  return start(made, comm, [] { return true; });
}
