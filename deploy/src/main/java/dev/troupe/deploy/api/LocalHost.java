package dev.troupe.deploy.api;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** This host's name. */
final class LocalHost {
  private LocalHost() {}

  static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a host without a name knows no other
    }
  }
}
