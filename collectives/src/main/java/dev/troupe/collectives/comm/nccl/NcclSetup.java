package dev.troupe.collectives.comm.nccl;

import static org.bytedeco.cuda.global.nccl.NCCL_API_MAGIC;
import static org.bytedeco.cuda.global.nccl.NCCL_SPLIT_NOCOLOR;
import static org.bytedeco.cuda.global.nccl.NCCL_UNIQUE_ID_BYTES;
import static org.bytedeco.cuda.global.nccl.NCCL_VERSION_CODE;

import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;

/**
 * NCCL's calls that make and end communicators. All of them are non-blocking: while a communicator
 * is being made, its rank can still be told to stop.
 *
 * <p>Guarded by the rank's {@link Gate}.
 */
final class NcclSetup {
  static final int ID_BYTES = NCCL_UNIQUE_ID_BYTES;

  /** What {@code NCCL_CONFIG_UNDEF_INT} stands for: NCCL chooses. */
  private static final int UNDEFINED = Integer.MIN_VALUE;

  private NcclSetup() {}

  static NcclVersion version() {
    int[] code = new int[1];
    require("ncclGetVersion", nccl.ncclGetVersion(code));
    return new NcclVersion(code[0]);
  }

  /** A new id, by which ranks find each other: opens a socket in this process that they ask. */
  static byte[] newId() {
    try (ncclUniqueId id = new ncclUniqueId()) {
      require("ncclGetUniqueId", nccl.ncclGetUniqueId(id));
      byte[] bytes = new byte[ID_BYTES];
      id.internal().get(bytes);
      return bytes;
    }
  }

  /** Begins to make the communicator of {@code size} ranks that share {@code id}. */
  static int begin(NcclHandle handle, byte[] id, int size, int rank) {
    try (ncclUniqueId unique = new ncclUniqueId();
        ncclConfig_t config = config()) {
      unique.internal().put(id);
      return nccl.ncclCommInitRankConfig(handle.place(), size, unique, rank, config);
    }
  }

  /**
   * Begins to divide a communicator; every one of its ranks takes part.
   *
   * @param color equal for the ranks of one part; empty: this rank is in none
   * @param key gives the order within the part
   */
  static int split(NcclHandle parent, OptionalInt color, int key, NcclHandle child) {
    try (ncclConfig_t config = config()) {
      return nccl.ncclCommSplit(
          parent.comm(), color.orElse(NCCL_SPLIT_NOCOLOR), key, child.place(), config);
    }
  }

  /** Begins to complete what was started on a communicator. */
  static int finish(NcclHandle handle) {
    return nccl.ncclCommFinalize(handle.comm());
  }

  /** Frees communicators that are finished, at once: their resources hang together. */
  static int destroy(List<NcclHandle> handles) {
    return together(handles, handle -> nccl.ncclCommDestroy(handle.comm()));
  }

  /**
   * Ends communicators whatever they do, at once: one that waits for another one's kernel would
   * otherwise never end.
   *
   * @param handles in the order in which they were made, for a parent may be making the next one
   */
  static int abort(List<NcclHandle> handles) {
    return together(handles, handle -> nccl.ncclCommAbort(handle.comm()));
  }

  private interface Ending {
    int of(NcclHandle handle);
  }

  private static int together(List<NcclHandle> handles, Ending ending) {
    int first = nccl.ncclGroupStart();
    for (NcclHandle handle : handles) {
      if (handle.isThere()) {
        first = firstFailure(first, ending.of(handle));
      }
    }
    first = firstFailure(first, nccl.ncclGroupEnd());
    handles.forEach(NcclHandle::close);
    return first;
  }

  /** The result that tells more, of two calls made in this order. */
  static int firstFailure(int earlier, int later) {
    return earlier == Nccl.SUCCESS || earlier == Nccl.IN_PROGRESS ? later : earlier;
  }

  /** What the macro {@code NCCL_CONFIG_INITIALIZER} gives, but non-blocking. */
  private static ncclConfig_t config() {
    ncclConfig_t config = new ncclConfig_t();
    return config
        .size(config.sizeof())
        .magic(NCCL_API_MAGIC)
        .version(NCCL_VERSION_CODE)
        .blocking(0)
        .cgaClusterSize(UNDEFINED)
        .minCTAs(UNDEFINED)
        .maxCTAs(UNDEFINED)
        .netName(null)
        .splitShare(UNDEFINED)
        .trafficClass(UNDEFINED)
        .commName(null)
        .collnetEnable(UNDEFINED)
        .CTAPolicy(UNDEFINED)
        .shrinkShare(UNDEFINED)
        .nvlsCTAs(UNDEFINED)
        .nChannelsPerNetPeer(UNDEFINED)
        .nvlinkCentricSched(UNDEFINED)
        .graphUsageMode(UNDEFINED)
        .numRmaCtx(UNDEFINED);
  }

  private static void require(String call, int result) {
    if (result != Nccl.SUCCESS) {
      throw NcclErrors.exception(result, NcclErrors.text(null, result, call));
    }
  }
}
