// libnccl.so.2 for tests: collectives of threads and processes, in the emulated driver's streams.
#include "nccl/collectives.cpp"
#include "nccl/ends.cpp"
#include "nccl/starts.cpp"
