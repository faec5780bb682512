package dev.troupe.collectives.device.cpu;

import dev.troupe.collectives.device.Event;

/** A point of a {@link CpuStream}, which has always come. */
enum CpuEvent implements Event {
  PASSED;

  @Override
  public boolean isDone() {
    return true;
  }

  @Override
  public void synchronize() {}
}
