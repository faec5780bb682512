package dev.troupe.proto.spec;

import org.jspecify.annotations.Nullable;

/**
 * How processes of a run find each other and talk.
 *
 * @param transport how nodes talk
 * @param host address that this node listens on, and by which others reach it
 * @param port port of the control plane; 0: any free one
 * @param secretFile file with the secret that all nodes share; null: none
 * @param tls identity for {@link ControlTransport#TLS_TCP}
 * @param data how tensors travel between hosts
 * @param sharedMemory whether ranks of one host reduce over shared memory
 * @param devicesPerProcess devices that one worker process holds; 0: all of its node's
 * @param controlNodes nodes that keep the run's journal, one of which coordinates; odd
 * @param api the coordinator's HTTP API
 */
public record ClusterSpec(
    ControlTransport transport,
    String host,
    int port,
    @Nullable String secretFile,
    Tls tls,
    DataTransport data,
    boolean sharedMemory,
    int devicesPerProcess,
    int controlNodes,
    Api api) {

  private static final int LARGEST_PORT = 65_535;

  public ClusterSpec {
    Require.notBlank("cluster.host", host);
    Require.between(0, LARGEST_PORT, "cluster.port", port);
    Require.atLeast(0, "worker.devices-per-process", devicesPerProcess);
    if (controlNodes < 1 || controlNodes % 2 == 0) {
      throw new InvalidFieldException(
          "cluster.control-nodes = %d is not an odd number; give 1, or 3 or 5 to outlive the loss of 1 or 2 of them"
              .formatted(controlNodes),
          "cluster.control-nodes");
    }
    if (transport == ControlTransport.TLS_TCP && !tls.complete()) {
      throw new InvalidFieldException(
          "cluster.transport = tls-tcp needs cluster.tls.key-file, cert-file and ca-file (PEM)",
          "cluster.transport");
    }
  }

  /** For a run in one process. */
  public static ClusterSpec alone() {
    String loopback = "127.0.0.1";
    return new ClusterSpec(
        ControlTransport.AERON_UDP,
        loopback,
        0,
        null,
        new Tls(null, null, null),
        DataTransport.TCP,
        true,
        0,
        1,
        new Api(loopback, 0, null));
  }

  /** The same with another secret. */
  public ClusterSpec withSecretFile(String file) {
    return new ClusterSpec(
        transport, host, port, file, tls, data, sharedMemory, devicesPerProcess, controlNodes, api);
  }

  /**
   * Who this node is, and whom it believes; all PEM files.
   *
   * @param keyFile private key (PKCS #8)
   * @param certFile certificate
   * @param caFile certificate of the authority that signed those of all nodes
   */
  public record Tls(@Nullable String keyFile, @Nullable String certFile, @Nullable String caFile) {
    /** Whether all three are given. */
    public boolean complete() {
      return keyFile != null && certFile != null && caFile != null;
    }
  }

  /**
   * Where the coordinator answers HTTP.
   *
   * @param host address it listens on
   * @param port port; 0: any free one
   * @param tokenFile file with the bearer token; needed where {@code host} is not loopback
   */
  public record Api(String host, int port, @Nullable String tokenFile) {
    public Api {
      Require.notBlank("api.host", host);
      Require.between(0, LARGEST_PORT, "api.port", port);
    }
  }
}
