// Streams and events.
#include "state.h"

using namespace emu;

static CUresult create(const char* function, CUstream* handle, unsigned flags, int priority) {
  ENTER_CONTEXT(function);
  if (handle == nullptr || flags > 1) return CUDA_ERROR_INVALID_VALUE;
  int clamped = priority > 0 ? 0 : priority < -5 ? -5 : priority;
  *handle = machine().streams.add(machine().new_stream(current, clamped, flags));
  return CUDA_SUCCESS;
}
API CUresult cuStreamCreate(CUstream* handle, unsigned flags) { return create("cuStreamCreate", handle, flags, 0); }
API CUresult cuStreamCreateWithPriority(CUstream* handle, unsigned flags, int priority) {
  return create("cuStreamCreateWithPriority", handle, flags, priority);
}

// Goes on with what is queued; also a sick context gives its streams back.
API CUresult cuStreamDestroy_v2(CUstream handle) {
  CUresult entered = enter_context("cuStreamDestroy");
  if (entered == CUDA_ERROR_INVALID_CONTEXT) return entered;
  auto stream = machine().streams.remove(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  stream->close();
  return entered;
}

API CUresult cuStreamSynchronize(CUstream handle) {
  ENTER_CONTEXT("cuStreamSynchronize");
  auto stream = stream_of(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  stream->synchronize();
  return stream->context->sickness;
}

API CUresult cuStreamQuery(CUstream handle) {
  ENTER_CONTEXT("cuStreamQuery");
  auto stream = stream_of(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  bool idle = stream->idle();
  if (CUresult sick = stream->context->sickness) return sick;
  return idle ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API CUresult cuStreamGetPriority(CUstream handle, int* priority) {
  ENTER_CONTEXT("cuStreamGetPriority");
  auto stream = stream_of(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  *priority = stream->priority;
  return CUDA_SUCCESS;
}

API CUresult cuStreamGetFlags(CUstream handle, unsigned* flags) {
  ENTER_CONTEXT("cuStreamGetFlags");
  auto stream = stream_of(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  *flags = stream->flags;
  return CUDA_SUCCESS;
}

API CUresult cuStreamGetCtx(CUstream handle, CUcontext* context) {
  ENTER_CONTEXT("cuStreamGetCtx");
  auto stream = stream_of(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  *context = stream->context;
  return CUDA_SUCCESS;
}

API CUresult cuStreamIsCapturing(CUstream handle, int* status) {
  ENTER_CONTEXT("cuStreamIsCapturing");
  if (!stream_of(handle)) return CUDA_ERROR_INVALID_HANDLE;
  *status = 0;
  return CUDA_SUCCESS;
}

API CUresult cuStreamWaitEvent(CUstream handle, CUevent event_handle, unsigned flags) {
  ENTER_STREAM("cuStreamWaitEvent", handle);
  auto event = machine().events.get(event_handle);
  if (!event) return CUDA_ERROR_INVALID_HANDLE;
  if (flags > 1) return CUDA_ERROR_INVALID_VALUE;
  if (auto mark = event->latest()) stream->submit([mark] { mark->wait(); }, Item::MARK);
  return CUDA_SUCCESS;
}

API CUresult cuLaunchHostFunc(CUstream handle, CUhostFn function, void* data) {
  ENTER_STREAM("cuLaunchHostFunc", handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_VALUE;
  stream->submit([=] { function(data); });
  return CUDA_SUCCESS;
}

constexpr unsigned DISABLE_TIMING = 2, INTERPROCESS = 4;

API CUresult cuEventCreate(CUevent* handle, unsigned flags) {
  ENTER_CONTEXT("cuEventCreate");
  if (handle == nullptr || flags > 7) return CUDA_ERROR_INVALID_VALUE;
  if (flags & INTERPROCESS) return CUDA_ERROR_NOT_SUPPORTED;
  *handle = machine().events.add(std::shared_ptr<Event>(new Event{flags, current, {}, nullptr}));
  return CUDA_SUCCESS;
}

API CUresult cuEventDestroy_v2(CUevent handle) {
  CUresult entered = enter_context("cuEventDestroy");
  if (entered == CUDA_ERROR_INVALID_CONTEXT) return entered;
  return machine().events.remove(handle) ? entered : CUDA_ERROR_INVALID_HANDLE;
}

static CUresult record(const char* function, CUevent handle, CUstream stream_handle) {
  ENTER_STREAM(function, stream_handle);
  auto event = machine().events.get(handle);
  if (!event || event->context != stream->context) return CUDA_ERROR_INVALID_HANDLE;
  auto mark = std::make_shared<Mark>();
  {
    std::lock_guard<std::mutex> lock(event->mutex);
    event->mark = mark;
  }
  stream->submit([mark] { mark->come(); }, Item::MARK);
  return CUDA_SUCCESS;
}
API CUresult cuEventRecord(CUevent handle, CUstream stream) { return record("cuEventRecord", handle, stream); }
API CUresult cuEventRecordWithFlags(CUevent handle, CUstream stream, unsigned flags) {
  return flags ? CUDA_ERROR_INVALID_VALUE : record("cuEventRecordWithFlags", handle, stream);
}

API CUresult cuEventQuery(CUevent handle) {
  ENTER_CONTEXT("cuEventQuery");
  auto event = machine().events.get(handle);
  if (!event) return CUDA_ERROR_INVALID_HANDLE;
  auto mark = event->latest();
  bool done = !mark || mark->done();
  if (CUresult sick = event->context->sickness) return sick;
  return done ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API CUresult cuEventSynchronize(CUevent handle) {
  ENTER_CONTEXT("cuEventSynchronize");
  auto event = machine().events.get(handle);
  if (!event) return CUDA_ERROR_INVALID_HANDLE;
  if (auto mark = event->latest()) mark->wait();
  return event->context->sickness;
}

static CUresult elapsed(float* millis, CUevent from, CUevent to) {
  ENTER_CONTEXT("cuEventElapsedTime");
  auto first = machine().events.get(from), second = machine().events.get(to);
  if (!first || !second || ((first->flags | second->flags) & DISABLE_TIMING)) return CUDA_ERROR_INVALID_HANDLE;
  auto a = first->latest(), b = second->latest();
  if (!a || !b) return CUDA_ERROR_INVALID_HANDLE;
  if (!a->done() || !b->done()) return CUDA_ERROR_NOT_READY;
  *millis = std::chrono::duration<float, std::milli>(b->at() - a->at()).count();
  return CUDA_SUCCESS;
}
API CUresult cuEventElapsedTime(float* millis, CUevent from, CUevent to) { return elapsed(millis, from, to); }
API CUresult cuEventElapsedTime_v2(float* millis, CUevent from, CUevent to) { return elapsed(millis, from, to); }
