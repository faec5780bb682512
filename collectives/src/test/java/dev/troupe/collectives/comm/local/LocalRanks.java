package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;

/** Ranks that are threads of one process. */
public final class LocalRanks extends Ranks {
  private final LocalCommunicators communicators = new LocalCommunicators();
  private final CpuDevice device = new CpuDevice("cpu:0", 1);

  @Override
  protected void place(long epoch, DeviceMesh mesh) {
    communicators.place(epoch, Placement.ofOneProcess(mesh));
  }

  @Override
  public Communicators communicators(int rank) {
    return communicators;
  }

  @Override
  public CpuDevice device(int rank) {
    return device;
  }

  @Override
  public void close() {
    device.close();
  }
}
