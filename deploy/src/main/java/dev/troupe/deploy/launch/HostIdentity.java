package dev.troupe.deploy.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names the machine as far as shared memory goes: processes with equal names see the same files in
 * memory. Containers and network namespaces of one kernel are machines of their own.
 */
final class HostIdentity {
  private static final int HEX_DIGITS = 16;

  private HostIdentity() {}

  /** The name of this process's machine. */
  static String current() {
    String parts =
        text(Path.of("/proc/sys/kernel/random/boot_id"))
            + link(Path.of("/proc/self/ns/net"))
            + link(Path.of("/proc/self/ns/mnt"));
    String identity = parts.isEmpty() ? hostName() : parts;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Name of the machine for people. */
  static String hostName() {
    String name = text(Path.of("/proc/sys/kernel/hostname"));
    if (!name.isEmpty()) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
