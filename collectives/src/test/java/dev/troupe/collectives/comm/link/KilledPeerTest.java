package dev.troupe.collectives.comm.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import io.aeron.driver.MediaDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that is another process, and is killed. The media driver, a third process's, lives on. */
@Timeout(60)
final class KilledPeerTest {
  private static final DeviceMesh PAIR = new DeviceMesh(1, 2);
  private static final long LIMIT_NANOS = 3_000_000_000L;

  @TempDir Path directory;

  @Test
  void isNoticedOverTcp() throws IOException {
    assertNoticed(DataPlane.tcp(Planes.HOST, 0, LinkSettings.DEFAULT), "tcp");
  }

  @Test
  void isNoticedOverAeron() throws IOException {
    try (MediaDriver driver = Planes.driver(directory)) {
      Path at = Path.of(driver.aeronDirectoryName());
      assertNoticed(DataPlane.aeronUdp(Planes.HOST, 0, at, LinkSettings.DEFAULT), at.toString());
    }
  }

  private static void assertNoticed(DataPlane plane, String transport) throws IOException {
    Process peer = start(plane.endpoint(), transport);
    try (plane;
        BufferedReader out =
            new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8))) {
      String endpoint = out.readLine();
      plane.communicators().place(1, placement(plane.endpoint(), endpoint));
      Communicator survivor = plane.communicators().open(1, PAIR.world(), 0);
      survivor.barrier();
      peer.destroyForcibly();
      long start = System.nanoTime();
      String message =
          assertThrows(CommunicatorAbortedException.class, survivor::barrier).getMessage();
      assertTrue(System.nanoTime() - start < LIMIT_NANOS);
      assertTrue(
          String.valueOf(message).startsWith("rank 1 of group world (process b at "), message);
    } finally {
      peer.destroyForcibly();
    }
  }

  private static Placement placement(String first, String second) {
    return new Placement(
        Planes.TOKEN,
        List.of(new Site("a", "a", first, List.of(0)), new Site("b", "b", second, List.of(1))));
  }

  private static Process start(String endpoint, String transport) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--") || flag.startsWith("-XX:+Use")) {
        command.add(flag);
      }
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Peer.class.getName(),
            endpoint,
            transport));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Rank 1: comes to one barrier, and then to none. */
  static final class Peer {
    private Peer() {}

    public static void main(String[] arguments) throws IOException {
      String transport = arguments[1];
      DataPlane plane =
          transport.equals("tcp")
              ? DataPlane.tcp(Planes.HOST, 0, LinkSettings.DEFAULT)
              : DataPlane.aeronUdp(Planes.HOST, 0, Path.of(transport), LinkSettings.DEFAULT);
      plane.communicators().place(1, placement(arguments[0], plane.endpoint()));
      Communicator communicator = plane.communicators().open(1, PAIR.world(), 1);
      System.out.println(plane.endpoint());
      communicator.barrier();
      // Until it is killed, or its parent is.
      System.in.read();
    }
  }
}
