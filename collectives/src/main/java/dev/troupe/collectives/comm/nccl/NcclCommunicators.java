package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The NCCL communicators of one rank, epoch after epoch. Its stream, events and watchdog serve all
 * epochs.
 *
 * <p>{@link #open} waits for nobody; the rank's first collective connects all groups that it has
 * opened. So every rank of a mesh opens the same kinds of groups in the same order, and then makes
 * at least one collective, if only in a group of one.
 *
 * <p>A watchdog aborts an epoch when a collective, once its turn on the GPU has come, does not end
 * within the time-out, or when NCCL reports that a connection broke. What waits then on the host or
 * on the GPU comes free, and every later call of the epoch throws {@link
 * dev.troupe.collectives.comm.CommunicatorAbortedException}; when the GPU's context is lost, {@link
 * dev.troupe.collectives.device.cuda.CudaFailedException}, and the process must be replaced. What
 * an aborted collective leaves in its buffers is undefined: who reads a result from the GPU asks
 * {@link #check} before believing it.
 *
 * <p>Threading: made, used and closed on the rank's thread, which opened the device; {@link
 * #place}, {@link #abort} and {@link #check} are for any thread.
 */
public final class NcclCommunicators implements Communicators, AutoCloseable {
  private static final int EPOCHS_KEPT = 16;
  private static final Duration LONGEST_PERIOD = Duration.ofMillis(100);

  private final Communicators host;
  private final NcclSettings settings;
  private final Consumer<String> onHungAbort;
  private final NcclLane lane;
  private final OrderedReduction reduction;
  private final Watchdog watchdog;
  private final NavigableMap<Long, List<Integer>> worlds = new TreeMap<>();
  private final NavigableMap<Long, String> aborted = new TreeMap<>();
  private final Map<Long, OpenEpoch> open = new HashMap<>();

  /**
   * Loads NCCL and starts the watchdog.
   *
   * @param device the rank's GPU, opened by the calling thread
   * @param host CPU communicators of the same epochs, over the cluster's data plane, by which ranks
   *     tell each other how to connect
   * @param sum sums in rank order, on {@code device}
   * @param staging memory of {@code device} for sums in rank order and for barriers, of the same
   *     size on every rank: 512 bytes a rank at least; the larger, the fewer pieces
   * @param onHungAbort told, on a thread of this package, that an abort did not return in time:
   *     whoever owns the process is to end it
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when there is no NCCL or
   *     it is too old
   */
  public NcclCommunicators(
      CudaDevice device,
      CudaLibraries libraries,
      Communicators host,
      RankOrderedSum sum,
      CudaBuffer staging,
      NcclSettings settings,
      Consumer<String> onHungAbort) {
    libraries.load(CudaLibrary.NCCL);
    NcclSetup.version().requireUsable();
    this.host = host;
    this.settings = settings;
    this.onHungAbort = onHungAbort;
    this.lane = NcclLane.on(device);
    this.reduction = new OrderedReduction(lane, sum, staging);
    Duration period = settings.timeout().dividedBy(10);
    this.watchdog =
        new Watchdog(
            "nccl-watchdog-" + device.info().index(),
            period.compareTo(LONGEST_PERIOD) < 0 ? period : LONGEST_PERIOD,
            this::watch);
  }

  /** The version of the library that is loaded. */
  public NcclVersion version() {
    return NcclSetup.version();
  }

  @Override
  public void place(long epoch, Placement placement) {
    List<Integer> world =
        placement.sites().stream().flatMap(site -> site.ranks().stream()).sorted().toList();
    synchronized (this) {
      worlds.putIfAbsent(epoch, world);
      forgetOld(worlds);
    }
    host.place(epoch, placement);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the epoch was not placed, or this group is open
   */
  @Override
  public Communicator open(long epoch, ProcessGroup group, int rank) {
    int index = group.indexOf(rank);
    OpenEpoch at;
    synchronized (this) {
      at = open.computeIfAbsent(epoch, number -> begin(number, rank));
      String reason = aborted.get(epoch);
      if (reason != null) {
        at.abort(reason);
      }
      return at.open(group, index);
    }
  }

  private OpenEpoch begin(long epoch, int rank) {
    List<Integer> world = worlds.get(epoch);
    if (world == null) {
      throw new IllegalStateException("epoch " + epoch + " was not placed");
    }
    if (!world.contains(rank)) {
      throw new IllegalArgumentException("rank " + rank + " is not in epoch " + epoch);
    }
    NcclEpoch life = new NcclEpoch(lane, settings, watchdog::wake);
    NcclMesh mesh = new NcclMesh(life, new IdExchange(host, epoch, world), world, rank);
    NcclEnding ending = new NcclEnding(lane, settings, life, mesh, onHungAbort);
    return new OpenEpoch(
        life, mesh, ending, reduction, settings.ordered(), () -> forget(epoch, life));
  }

  @Override
  public void abort(long epoch, String reason) {
    OpenEpoch at;
    synchronized (this) {
      aborted.putIfAbsent(epoch, reason);
      forgetOld(aborted);
      at = open.get(epoch);
    }
    if (at != null) {
      at.abort(reason);
    }
  }

  /**
   * Returns while an epoch is alive; from any thread.
   *
   * @throws dev.troupe.collectives.comm.CommunicatorAbortedException when it was aborted
   * @throws dev.troupe.collectives.device.cuda.CudaFailedException when the GPU's context is lost
   */
  public void check(long epoch) {
    OpenEpoch at;
    synchronized (this) {
      at = open.get(epoch);
    }
    if (at != null) {
      at.check();
    }
  }

  private synchronized void forget(long epoch, NcclEpoch life) {
    open.remove(epoch);
    String reason = life.abortReason();
    if (reason != null) {
      aborted.putIfAbsent(epoch, reason);
      forgetOld(aborted);
    }
  }

  private void watch() {
    List<OpenEpoch> all;
    synchronized (this) {
      all = List.copyOf(open.values());
    }
    long now = System.nanoTime();
    all.forEach(epoch -> epoch.watch(now));
  }

  private static void forgetOld(NavigableMap<Long, ?> epochs) {
    while (epochs.size() > EPOCHS_KEPT) {
      epochs.pollFirstEntry();
    }
  }

  /** Aborts what is open, and frees everything but the device and the staging memory. */
  @Override
  public void close() {
    List<OpenEpoch> left;
    synchronized (this) {
      left = List.copyOf(open.values());
    }
    for (OpenEpoch epoch : left) {
      epoch.abort("the rank is closed");
      epoch.closeAll();
    }
    watchdog.close();
    lane.close();
  }
}
