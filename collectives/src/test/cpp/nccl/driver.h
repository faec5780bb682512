// What the emulated driver below offers.
#pragma once
#include <cstddef>

extern "C" {
int cuCtxGetCurrent(void** context);
int cuCtxSetCurrent(void* context);
int cuCtxGetDevice(int* device);
int cuDeviceGetPCIBusId(char* id, int length, int device);
int emulator_enqueue(void* stream, void (*function)(void* data, int sick), void* data);
int emulator_sick(const void* context);
int emulator_fault(const char* function);
int emulator_live(const void* address, size_t bytes);
void emulator_count(const char* name, int change);
}
