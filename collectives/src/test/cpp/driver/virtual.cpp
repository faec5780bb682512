// Virtual memory management: addresses are reserved, memory is created, one is mapped to the other.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>

#include "state.h"

using namespace emu;

void emu_poison(void* memory, size_t bytes);

namespace {

constexpr size_t GRANULARITY = 2 << 20;

struct Reservation { size_t bytes; void* mapping; size_t mapping_bytes; };
struct Physical { int file; size_t bytes; int device; int uses; bool released; };
struct Mapping { size_t bytes; CUmemGenericAllocationHandle physical; bool open; };

struct VirtualMemory {
  std::mutex mutex;
  std::map<uintptr_t, Reservation> reserved;
  std::map<CUmemGenericAllocationHandle, Physical> created;
  std::map<uintptr_t, Mapping> mapped;
  CUmemGenericAllocationHandle next = 1;

  bool is_reserved(uintptr_t start, size_t bytes) {
    auto after = reserved.upper_bound(start);
    if (after == reserved.begin()) return false;
    auto found = std::prev(after);
    return start + bytes <= found->first + found->second.bytes;
  }
  bool is_mapped(uintptr_t start, size_t bytes) {
    auto at = mapped.lower_bound(start + bytes);
    if (at == mapped.begin()) return false;
    --at;
    return at->first + at->second.bytes > start;
  }
  void drop_unused(CUmemGenericAllocationHandle handle) {
    auto found = created.find(handle);
    if (found->second.uses > 0 || !found->second.released) return;
    close(found->second.file);
    memory().give_back(found->second.device, found->second.bytes);
    created.erase(found);
  }
};

VirtualMemory& all() {
  static VirtualMemory* memory = new VirtualMemory;
  return *memory;
}

bool is_whole(size_t bytes) { return bytes > 0 && bytes % GRANULARITY == 0; }

bool is_plain(const CUmemAllocationProp* properties) {
  return properties != nullptr && properties->type == 1 && properties->location.type == 1 &&
         is_device(properties->location.id) && properties->requestedHandleTypes == 0;
}

}  // namespace

long emu_reservations() {
  std::lock_guard<std::mutex> lock(all().mutex);
  return (long)all().reserved.size();
}

API CUresult cuMemGetAllocationGranularity(size_t* bytes, const CUmemAllocationProp* properties, int option) {
  ENTER("cuMemGetAllocationGranularity");
  if (bytes == nullptr || option < 0 || option > 1 || !is_plain(properties)) return CUDA_ERROR_INVALID_VALUE;
  *bytes = GRANULARITY;
  return CUDA_SUCCESS;
}

API CUresult cuMemAddressReserve(CUdeviceptr* address, size_t bytes, size_t alignment, CUdeviceptr, unsigned long long flags) {
  ENTER("cuMemAddressReserve");
  if (address == nullptr || !is_whole(bytes) || flags != 0 || (alignment & (alignment - 1))) return CUDA_ERROR_INVALID_VALUE;
  size_t unit = alignment > GRANULARITY ? alignment : GRANULARITY;
  void* mapping = mmap(nullptr, bytes + unit, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  uintptr_t start = ((uintptr_t)mapping + unit - 1) / unit * unit;
  std::lock_guard<std::mutex> lock(all().mutex);
  all().reserved[start] = {bytes, mapping, bytes + unit};
  *address = start;
  return CUDA_SUCCESS;
}

API CUresult cuMemAddressFree(CUdeviceptr address, size_t bytes) {
  ENTER("cuMemAddressFree");
  std::lock_guard<std::mutex> lock(all().mutex);
  auto found = all().reserved.find(address);
  if (found == all().reserved.end() || found->second.bytes != bytes || all().is_mapped(address, bytes))
    return CUDA_ERROR_INVALID_VALUE;
  munmap(found->second.mapping, found->second.mapping_bytes);
  all().reserved.erase(found);
  return CUDA_SUCCESS;
}

API CUresult cuMemCreate(CUmemGenericAllocationHandle* handle, size_t bytes, const CUmemAllocationProp* properties, unsigned long long flags) {
  ENTER("cuMemCreate");
  if (handle == nullptr || !is_whole(bytes) || !is_plain(properties) || flags != 0) return CUDA_ERROR_INVALID_VALUE;
  int device = machine().devices[properties->location.id]->physical;
  if (!memory().take(device, bytes, (size_t)settings().memory)) return CUDA_ERROR_OUT_OF_MEMORY;
  int file = memfd_create("emulated-gpu", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, (off_t)bytes) != 0) {
    if (file >= 0) close(file);
    memory().give_back(device, bytes);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  std::lock_guard<std::mutex> lock(all().mutex);
  *handle = all().next++;
  all().created[*handle] = {file, bytes, device, 0, false};
  return CUDA_SUCCESS;
}

API CUresult cuMemRelease(CUmemGenericAllocationHandle handle) {
  ENTER("cuMemRelease");
  std::lock_guard<std::mutex> lock(all().mutex);
  auto found = all().created.find(handle);
  if (found == all().created.end() || found->second.released) return CUDA_ERROR_INVALID_VALUE;
  found->second.released = true;
  all().drop_unused(handle);
  return CUDA_SUCCESS;
}

API CUresult cuMemMap(CUdeviceptr address, size_t bytes, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags) {
  ENTER("cuMemMap");
  std::lock_guard<std::mutex> lock(all().mutex);
  auto found = all().created.find(handle);
  if (found == all().created.end() || found->second.released || offset != 0 || flags != 0 || address % GRANULARITY ||
      !is_whole(bytes) || bytes > found->second.bytes || !all().is_reserved(address, bytes) || all().is_mapped(address, bytes))
    return CUDA_ERROR_INVALID_VALUE;
  if (mmap((void*)address, bytes, PROT_NONE, MAP_SHARED | MAP_FIXED, found->second.file, 0) == MAP_FAILED)
    return CUDA_ERROR_OUT_OF_MEMORY;
  found->second.uses++;
  all().mapped[address] = {bytes, handle, false};
  return CUDA_SUCCESS;
}

API CUresult cuMemSetAccess(CUdeviceptr address, size_t bytes, const CUmemAccessDesc* access, size_t count) {
  ENTER("cuMemSetAccess");
  if (access == nullptr || count != 1 || access->location.type != 1 || !is_device(access->location.id))
    return CUDA_ERROR_INVALID_VALUE;
  if (access->flags != 3) return access->flags == 0 || access->flags == 1 ? CUDA_ERROR_NOT_SUPPORTED : CUDA_ERROR_INVALID_VALUE;
  std::lock_guard<std::mutex> lock(all().mutex);
  uintptr_t end = address + bytes;
  for (uintptr_t at = address; at < end;) {
    auto found = all().mapped.find(at);
    if (found == all().mapped.end() || at + found->second.bytes > end) return CUDA_ERROR_INVALID_VALUE;
    at += found->second.bytes;
  }
  for (uintptr_t at = address; at < end; at += all().mapped[at].bytes) {
    Mapping& mapping = all().mapped[at];
    if (mapping.open) continue;
    if (mprotect((void*)at, mapping.bytes, PROT_READ | PROT_WRITE) != 0) return CUDA_ERROR_OUT_OF_MEMORY;
    mapping.open = true;
    emu_poison((void*)at, mapping.bytes);
    memory().add(at, {mapping.bytes, Kind::DEVICE, all().created[mapping.physical].device});
  }
  return CUDA_SUCCESS;
}

API CUresult cuMemUnmap(CUdeviceptr address, size_t bytes) {
  ENTER("cuMemUnmap");
  std::lock_guard<std::mutex> lock(all().mutex);
  uintptr_t end = address + bytes;
  for (uintptr_t at = address; at < end;) {
    auto found = all().mapped.find(at);
    if (found == all().mapped.end() || at + found->second.bytes > end) return CUDA_ERROR_INVALID_VALUE;
    at += found->second.bytes;
  }
  for (uintptr_t at = address; at < end;) {
    Mapping mapping = all().mapped[at];
    if (mapping.open) memory().remove(at, Kind::DEVICE);
    mmap((void*)at, mapping.bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    all().mapped.erase(at);
    all().created[mapping.physical].uses--;
    all().drop_unused(mapping.physical);
    at += mapping.bytes;
  }
  return CUDA_SUCCESS;
}
