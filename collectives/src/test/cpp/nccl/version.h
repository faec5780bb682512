// The version that the library says it is, and which functions it then has.
#pragma once
#include <cstdio>
#include <unistd.h>

#include "api.h"
#include "driver.h"

inline int version() {
  const char* text = getenv("TROUPE_EMULATOR_NCCL");
  return text != nullptr && *text ? atoi(text) : 22809;
}

// Calling what a library lacks ends the process, as the loader would end it.
inline void need(int since, const char* function) {
  if (version() >= since) return;
  fprintf(stderr, "emulated NCCL %d: symbol lookup error: undefined symbol: %s\n", version(), function);
  _exit(127);
}

#define ENTER(function) \
  if (int fault = emulator_fault(function)) return fault
