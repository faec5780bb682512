package dev.troupe.trace;

import dev.troupe.collectives.device.Stream;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaEvent;
import dev.troupe.collectives.device.cuda.CudaStream;
import java.util.ArrayList;
import java.util.List;

/** A GPU's clock: marks are events of its streams. */
public final class GpuClock implements TraceClock {
  private final CudaEvent start;
  private final List<CudaEvent> events = new ArrayList<>();

  /** A clock that begins now. */
  public GpuClock(CudaDevice device) {
    start = device.compute().newEvent();
    start.record(device.compute());
  }

  @Override
  public Mark mark(Stream stream) {
    CudaStream own = (CudaStream) stream;
    CudaEvent event = own.newEvent();
    event.record(own);
    events.add(event);
    return () -> event.millisecondsSince(start) * 1e3;
  }

  @Override
  public void settle() {
    events.forEach(CudaEvent::synchronize);
  }

  @Override
  public void close() {
    events.forEach(CudaEvent::close);
    start.close();
  }
}
