// What passes between the emulated driver and the library of kernels.
#pragma once
#include <functional>
#include <vector>

struct Dim3 { unsigned x, y, z; };

namespace emu {

using Work = std::function<void()>;

// A kernel with its arguments copied: what a launch puts in a stream's queue.
struct Launch {
  Work run;
  std::vector<const void*> addresses;  // the arguments that are pointers, in order
};

}  // namespace emu
