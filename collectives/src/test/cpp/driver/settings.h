// What the environment says about the emulated machine.
#pragma once
#include <cstdlib>
#include <string>

namespace emu {

inline long setting(const char* name, long otherwise) {
  const char* value = getenv(name);
  return value != nullptr && *value ? atol(value) : otherwise;
}

struct Settings {
  long gpus = setting("TROUPE_EMULATOR_GPUS", 4);
  long memory = setting("TROUPE_EMULATOR_MEMORY", 2l << 30);
  long arch = setting("TROUPE_EMULATOR_ARCH", 80);
  long shared_limit = (arch >= 90 ? 227l : 163l) << 10;  // bytes of shared memory that a block may have
  long multiprocessors = arch >= 90 ? 132 : 108;
};

inline const Settings& settings() {
  static const Settings* all = new Settings;
  return *all;
}

}  // namespace emu
