// libcuda.so.1 for tests: CUDA's driver API on ordinary memory and threads. One unit, as it builds sooner.
#include "driver/control.cpp"
#include "driver/devices.cpp"
#include "driver/memory.cpp"
#include "driver/modules.cpp"
#include "driver/streams.cpp"
#include "driver/virtual.cpp"
