package dev.troupe.train;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.Stream;
import java.lang.foreign.MemorySegment;

/** A device that counts what is allocated on it. */
final class CountingDevice implements Device {
  private final Device device;
  private long allocated;

  CountingDevice(Device device) {
    this.device = device;
  }

  /** Bytes allocated so far. */
  long allocated() {
    return allocated;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    allocated += bytes;
    return device.allocate(bytes);
  }

  @Override
  public Stream newStream() {
    return device.newStream();
  }

  @Override
  public long freeBytes() {
    return device.freeBytes();
  }

  @Override
  public void read(BufferView from, MemorySegment host) {
    device.read(from, host);
  }

  @Override
  public void write(MemorySegment host, BufferView to) {
    device.write(host, to);
  }

  @Override
  public void close() {
    device.close();
  }
}
