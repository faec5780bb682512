// libcuda.so.1 for a machine without a GPU: NVIDIA's libraries load, find no device, and let plans be
// compiled for a device that is only described. Loading a compiled kernel succeeds and does nothing.
#define ABSENT(name) extern "C" int name() { return 100; }
#define DONE(name) extern "C" int name() { return 0; }

ABSENT(cuInit)
ABSENT(cuGetProcAddress)
ABSENT(cuGetProcAddress_v2)
ABSENT(cuCtxGetCurrent)
ABSENT(cuCtxGetLimit)
ABSENT(cuCtxPopCurrent)
ABSENT(cuCtxPushCurrent)
ABSENT(cuDeviceGet)
ABSENT(cuDeviceGetCount)
ABSENT(cuGetErrorName)
ABSENT(cuGetErrorString)
ABSENT(cuLaunchCooperativeKernel)
ABSENT(cuLaunchKernel)
ABSENT(cuLaunchKernelEx)
ABSENT(cuLibraryLoadFromFile)
ABSENT(cuLinkAddData)
ABSENT(cuLinkComplete)
ABSENT(cuLinkCreate)
ABSENT(cuLinkDestroy)
ABSENT(cuOccupancyMaxPotentialClusterSize)
ABSENT(cuStreamGetCtx)
DONE(cuLibraryUnload)
DONE(cuKernelSetAttribute)

extern "C" int cuDriverGetVersion(int* version) { *version = 13000; return 0; }
extern "C" int cuLibraryLoadData(void** library) { *library = (void*)1; return 0; }
extern "C" int cuLibraryGetKernel(void** kernel) { *kernel = (void*)1; return 0; }
extern "C" int cuKernelGetAttribute(int* value) { *value = 0; return 0; }
