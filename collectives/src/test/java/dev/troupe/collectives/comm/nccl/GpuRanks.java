package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.ArrayList;
import java.util.List;

/** Up to four ranks with an emulated GPU each, for buffers of the host. */
final class GpuRanks extends Ranks {
  private static final int RANKS = 4;
  private static final long MIRROR = 16 << 20;

  private final CpuDevice device = new CpuDevice("cpu:0", 1);
  private final List<GpuRank> ranks = new ArrayList<>();
  private final List<CudaBuffer> mirrors = new ArrayList<>();

  GpuRanks(NcclSettings settings) {
    EmulatedGpu gpu = EmulatedGpu.start();
    LocalCommunicators host = new LocalCommunicators();
    for (int i = 0; i < RANKS; i++) {
      GpuRank rank = new GpuRank(gpu, i, host, settings);
      ranks.add(rank);
      mirrors.add(rank.call(() -> rank.device().allocate(MIRROR)));
    }
  }

  @Override
  protected void place(long epoch, DeviceMesh mesh) {
    ranks.forEach(rank -> rank.communicators().place(epoch, Placement.ofOneProcess(mesh)));
  }

  @Override
  public Communicators communicators(int rank) {
    GpuRank owner = ranks.get(rank);
    return new Communicators() {
      @Override
      public void place(long epoch, Placement placement) {
        owner.communicators().place(epoch, placement);
      }

      @Override
      public Communicator open(long epoch, ProcessGroup group, int mine) {
        Communicator gpu = owner.communicators().open(epoch, group, mine);
        return new HostedCommunicator(gpu, owner, mirrors.get(rank));
      }

      @Override
      public void abort(long epoch, String reason) {
        owner.communicators().abort(epoch, reason);
      }
    };
  }

  @Override
  public CpuDevice device(int rank) {
    return device;
  }

  /** Does nothing: the GPUs serve all tests of a class, and {@link #closeAll} ends them. */
  @Override
  public void close() {}

  void closeAll() {
    ranks.forEach(GpuRank::close);
    device.close();
  }
}
