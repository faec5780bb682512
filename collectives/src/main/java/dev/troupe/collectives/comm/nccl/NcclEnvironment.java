package dev.troupe.collectives.comm.nccl;

import java.util.Map;

/**
 * Environment variables for a process that will use NCCL, for whoever starts it: NCCL and the
 * driver read them once, when they are loaded. What they do not name is inherited, so that a
 * cluster's own {@code NCCL_*} settings reach NCCL.
 */
public final class NcclEnvironment {
  /**
   * A kernel that is loaded at its first launch may wait for the whole GPU, and so for a collective
   * that waits for this very rank.
   */
  private static final String EAGER = "CUDA_MODULE_LOADING";

  private NcclEnvironment() {}

  /** For a process that has a GPU of its own. */
  public static Map<String, String> ownGpu() {
    return Map.of(EAGER, "EAGER");
  }

  /**
   * For one of several processes that share a GPU, as tests do. NCCL refuses two ranks with the
   * same GPU of the same host; by a host name of its own for every rank it takes them for ranks of
   * different hosts, which talk over loopback sockets. Few thread blocks a collective leave the
   * others room.
   *
   * @param rank distinguishes the processes; 0 or more
   */
  public static Map<String, String> sharedGpu(int rank) {
    if (rank < 0) {
      throw new IllegalArgumentException("a rank is 0 or more, not " + rank);
    }
    return Map.of(
        EAGER,
        "EAGER",
        "NCCL_HOSTID",
        "r" + rank,
        "NCCL_SOCKET_IFNAME",
        "lo",
        "NCCL_NET",
        "Socket",
        "NCCL_IB_DISABLE",
        "1",
        "NCCL_MNNVL_ENABLE",
        "0",
        "NCCL_MAX_CTAS",
        "2");
  }
}
