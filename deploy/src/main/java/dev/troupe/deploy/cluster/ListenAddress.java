package dev.troupe.deploy.cluster;

import dev.troupe.proto.error.TroupeException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Whom an address that a node listens on can be reached by. */
public final class ListenAddress {
  private ListenAddress() {}

  /**
   * Whether only processes of this machine can reach {@code host}.
   *
   * @throws TroupeException (usage) where the name is unknown, or names no single place
   */
  public static boolean isLoopback(String host) {
    InetAddress[] addresses = resolve(host);
    if (Arrays.stream(addresses).anyMatch(InetAddress::isAnyLocalAddress)) {
      throw TroupeException.usage(
          "cluster.host = "
              + host
              + " stands for every address of this machine, but the others need one by which they"
              + " reach it. Give its name or the address of one interface.");
    }
    return Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress);
  }

  private static InetAddress[] resolve(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException unknown) {
      throw TroupeException.usage(
          "cluster.host = "
              + host
              + " is not known to this machine. Give an address of one of its interfaces, or a name"
              + " that it resolves.");
    }
  }
}
