// libcublasLt.so.13 for tests: matrix products on the CPU, in the emulated driver's streams.
#include "cublaslt/descriptors.cpp"
#include "cublaslt/matmul.cpp"
