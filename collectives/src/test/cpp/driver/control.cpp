// What tests ask of the emulator, and what the other doubles ask of this one.
#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include "state.h"

using namespace emu;

long emu_reservations();

// What the other doubles count.
static std::mutex counters_mutex;
static std::map<std::string, long>& counters() {
  static auto* all = new std::map<std::string, long>{{"communicators", 0}, {"matmulObjects", 0}};
  return *all;
}

/** The nth call from now on of a function fails with a code. */
API void emulator_fail(const char* function, int nth, int code) { faults().fail(function, nth, code); }

/** The nth launch from now on never ends, until the reset. */
API void emulator_hang(int nth_launch) { faults().hang(nth_launch); }

/** Largest random delay before each item of a stream. */
API void emulator_jitter(int micros) { jitter() = micros; }

/** Forgets faults, lets hung launches go, makes sick contexts well; counts from zero again. */
API void emulator_reset() {
  faults().reset();
  jitter() = setting("TROUPE_EMULATOR_JITTER_US", 0);
  for (auto& device : machine().devices) device->sickness = CUDA_SUCCESS;
  machine().launches = 0;
  machine().copies = 0;
}

API long emulator_stat(const char* name) {
  auto is = [&](const char* other) { return strcmp(name, other) == 0; };
  if (is("launches")) return (long)machine().launches;
  if (is("copies")) return (long)machine().copies;
  if (is("bytes")) return (long)memory().taken();
  if (is("reservations")) return emu_reservations();
  if (is("hostAllocations")) return (long)memory().pinned();
  if (is("streams")) return (long)machine().streams.count();
  if (is("events")) return (long)machine().events.count();
  if (is("modules")) return (long)machine().modules.count();
  if (is("contexts")) {
    long retained = 0;
    for (auto& device : machine().devices) retained += device->retains;
    return retained;
  }
  std::lock_guard<std::mutex> lock(counters_mutex);
  auto counter = counters().find(name);
  return counter == counters().end() ? -1 : counter->second;
}

/** For the other doubles: puts work in a stream, which hears whether its context is sick. */
API CUresult emulator_enqueue(CUstream handle, void (*function)(void* data, int sick), void* data) {
  ENTER_STREAM("emulator_enqueue", handle);
  stream->submit([=, context = stream->context] { function(data, context->sickness != CUDA_SUCCESS); }, Item::MARK);
  return CUDA_SUCCESS;
}

/** For the other doubles: whether a context has had a sticky error. */
API int emulator_sick(CUcontext context) { return context->sickness != CUDA_SUCCESS; }

/** For the other doubles: there are so many more or fewer of what they count. */
API void emulator_count(const char* name, int change) {
  std::lock_guard<std::mutex> lock(counters_mutex);
  counters()[name] += change;
}

/** For the other doubles: the code that this call must fail with, or 0. */
API int emulator_fault(const char* function) { return faults().hit(function); }

/** For the other doubles: whether all of it is live memory of an emulated GPU. */
API int emulator_live(const void* address, size_t bytes) { return memory().covers(Kind::DEVICE, (uintptr_t)address, bytes); }
