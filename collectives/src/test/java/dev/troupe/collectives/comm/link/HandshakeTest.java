package dev.troupe.collectives.comm.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.collectives.mesh.Site;
import dev.troupe.proto.error.TroupeException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Who gets a link, who does not, and when. */
@Timeout(60)
final class HandshakeTest {
  private static final DeviceMesh PAIR = new DeviceMesh(1, 2);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final LinkSettings IMPATIENT =
      new LinkSettings(SHORT, SHORT, Duration.ofMillis(400), Duration.ofMillis(400));

  @Test
  void aWrongTokenIsRefused() {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      Placement told = planes.placement(2);
      planes.plane(0).communicators().place(1, new Placement("guessed", told.sites()));
      planes.plane(1).communicators().place(1, told);
      Communicator guest = planes.plane(0).communicators().open(1, PAIR.world(), 0);
      Communicator host = planes.plane(1).communicators().open(1, PAIR.world(), 1);
      assertAborted("refused the link: it knows the epoch by another token", guest::barrier);
      host.abort("done");
      assertServes(planes);
    }
  }

  @Test
  void aPeerOfAnotherTransportIsNamedBeforeAnythingIsSent() {
    try (Planes planes = Planes.open(Planes.tcp(), 1)) {
      Site own = new Site("a", "a", planes.plane(0).endpoint(), List.of(0));
      Site other = new Site("b", "b", "aeron-udp://127.0.0.1:1", List.of(1));
      planes.plane(0).communicators().place(1, new Placement("t", List.of(own, other)));
      TroupeException refused =
          assertThrows(
              TroupeException.class,
              () -> planes.plane(0).communicators().open(1, PAIR.world(), 0));
      assertTrue(String.valueOf(refused.getMessage()).contains("b is reached at aeron-udp://"));
      assertTrue(String.valueOf(refused.getMessage()).contains("cluster.data-transport"));
    }
  }

  @Test
  void anEpochWithoutATokenHasNoLinks() {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      planes.plane(0).communicators().place(1, new Placement("", planes.placement(2).sites()));
      assertThrows(
          IllegalStateException.class,
          () -> planes.plane(0).communicators().open(1, PAIR.world(), 0));
    }
  }

  @Test
  void ranksThatKnowTheGroupByOtherMembersDoNotMeet() {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      planes.plane(0).communicators().place(1, planes.placement(2));
      planes.plane(1).communicators().place(1, planes.placement(2));
      planes.plane(1).communicators().open(1, new ProcessGroup("g", List.of(1, 0)), 0);
      Communicator other =
          planes.plane(0).communicators().open(1, new ProcessGroup("g", List.of(0, 1)), 0);
      assertAborted("it knows the group by other members", other::barrier);
    }
  }

  @Test
  void aPeerThatIsEarlyWaitsForTheEpochAndTheGroup() throws InterruptedException {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      Communicator early = planes.communicator(7, 2, 0);
      Thread waiter = Thread.currentThread();
      Thread late =
          Thread.startVirtualThread(
              () -> {
                while (waiter.getState() != Thread.State.TIMED_WAITING) {
                  Thread.yield();
                }
                planes.communicator(7, 2, 1).barrier();
              });
      early.barrier();
      late.join();
    }
  }

  @Test
  void aPeerThatNeverOpensIsNotWaitedForForever() {
    try (Planes planes = Planes.open(Planes.tcp(), 2, IMPATIENT)) {
      Communicator dials = planes.communicator(1, 2, 0);
      assertAborted("rank 1 of group world", dials::barrier);
      // The other direction: it is rank 0 that would connect.
      Communicator listens = planes.communicator(2, 2, 1);
      assertAborted("no link to rank 0 of group world", listens::barrier);
    }
  }

  @Test
  void aPeerThatComesToNoCollectiveIsNotWaitedForForever() {
    try (Planes planes = Planes.open(Planes.tcp(), 2, IMPATIENT)) {
      Communicator waits = planes.communicator(1, 2, 0);
      Communicator idles = planes.communicator(1, 2, 1);
      assertAborted("nothing came from rank 1 of group world", waits::barrier);
      idles.close();
    }
  }

  @Test
  void aConnectThatDoesNotSucceedNamesTheEndpoint() throws IOException {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(Planes.HOST))) {
      closedPort = socket.getLocalPort();
    }
    // Listens, as the kernel does for a process that hangs, but never answers.
    try (ServerSocket hung = new ServerSocket(0, 5, InetAddress.getByName(Planes.HOST));
        Planes planes = Planes.open(Planes.tcp(), 1, IMPATIENT)) {
      assertUnreachable(planes, 1, Planes.HOST + ":" + closedPort);
      assertUnreachable(planes, 2, Planes.HOST + ":" + hung.getLocalPort());
    }
  }

  private static void assertUnreachable(Planes planes, long epoch, String endpoint) {
    Placement placement =
        new Placement(
            Planes.TOKEN,
            List.of(
                new Site("a", "a", planes.plane(0).endpoint(), List.of(0)),
                new Site("b", "b", endpoint, List.of(1))));
    planes.plane(0).communicators().place(epoch, placement);
    Communicator alone = planes.plane(0).communicators().open(epoch, PAIR.world(), 0);
    assertAborted("nothing answered within 0.2 s", alone::barrier);
    assertAborted(endpoint, alone::barrier);
  }

  @Test
  void garbageLeavesTheListenerServing() throws IOException {
    LinkSettings settings =
        new LinkSettings(
            Duration.ofSeconds(5), SHORT, Duration.ofSeconds(5), Duration.ofSeconds(5));
    try (Planes planes = Planes.open(Planes.tcp(), 2, settings)) {
      Random random = new Random(1);
      for (int i = 0; i < 20; i++) {
        byte[] garbage = new byte[random.nextInt(5_000)];
        random.nextBytes(garbage);
        assertDropped(planes.plane(1), garbage);
      }
      byte[] hello = ByteBuffer.allocate(16).putLong(0x54524f5550454c4bL).putInt(1).array();
      assertDropped(planes.plane(1), ByteBuffer.wrap(hello).putInt(12, -1).array());
      assertDropped(planes.plane(1), ByteBuffer.wrap(hello).putInt(12, 1 << 30).array());
      assertDropped(planes.plane(1), ByteBuffer.wrap(hello).putInt(12, 4_096).array());
      assertDropped(planes.plane(1), ByteBuffer.wrap(hello).putInt(8, 2).array());
      assertServes(planes);
    }
  }

  /** Also of what was sent too little of: after the time for a hello. */
  private static void assertDropped(DataPlane plane, byte[] bytes) throws IOException {
    Endpoint endpoint = Endpoint.parse(plane.endpoint());
    try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
      socket.setSoTimeout(5_000);
      try {
        socket.getOutputStream().write(bytes);
        assertEquals(-1, socket.getInputStream().read());
      } catch (SocketException e) {
        // Reset, as some of it was never read: dropped as well.
      }
    }
  }

  @Test
  void manySilentConnectionsKeepNobodyOutForLong() throws IOException {
    LinkSettings settings =
        new LinkSettings(
            Duration.ofSeconds(9), SHORT, Duration.ofSeconds(9), Duration.ofSeconds(9));
    List<Socket> silent = new ArrayList<>();
    try (Planes planes = Planes.open(Planes.tcp(), 2, settings)) {
      Endpoint endpoint = Endpoint.parse(planes.plane(1).endpoint());
      for (int i = 0; i < 400; i++) {
        silent.add(new Socket(endpoint.host(), endpoint.port()));
      }
      assertServes(planes);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aSecondConnectionForTheSamePlaceGetsNoLink() throws IOException {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      Communicator first = planes.communicator(1, 2, 0);
      Communicator second = planes.communicator(1, 2, 1);
      Planes.run(
          List.of(first, second),
          comm -> {
            comm.barrier();
            if (comm.rank() == 0) {
              Endpoint endpoint = Endpoint.parse(planes.plane(1).endpoint());
              try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
                Hello.of(Planes.TOKEN, 1, PAIR.world(), 0, 1)
                    .write(new DataOutputStream(socket.getOutputStream()));
                DataInputStream in = new DataInputStream(socket.getInputStream());
                assertEquals(Answer.WAIT, Answer.read(in));
                comm.barrier();
                planes.plane(1).communicators().abort(1, "done");
                assertEquals(Answer.EPOCH_ENDED, Answer.read(in));
              }
            } else {
              // The first may still find rank 0 there; the second ends with the epoch.
              Executable barriers =
                  () -> {
                    comm.barrier();
                    comm.barrier();
                  };
              assertThrows(CommunicatorAbortedException.class, barriers);
            }
            return comm.rank();
          });
    }
  }

  @Test
  void anEpochThatIsOverIsForgotten() {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      for (int epoch = 1; epoch < 40; epoch++) {
        planes.plane(0).communicators().place(epoch, planes.placement(2));
      }
      assertThrows(
          IllegalStateException.class,
          () -> planes.plane(0).communicators().open(1, PAIR.world(), 0));
      Communicator current = planes.communicator(39, 2, 0);
      assertThrows(IllegalStateException.class, () -> planes.communicator(39, 2, 0));
      current.close();
      assertServes(planes);
    }
  }

  @Test
  void aClosedDataPlaneOpensNothing() {
    try (Planes planes = Planes.open(Planes.tcp(), 2)) {
      planes.plane(0).close();
      planes.plane(0).close();
      assertAborted("was closed", planes.communicator(1, 2, 0)::barrier);
    }
  }

  @Test
  void theTokenIsNotInTheText() {
    Hello hello = Hello.of(Planes.TOKEN, 1, PAIR.world(), 0, 1);
    assertFalse(hello.toString().contains(Planes.TOKEN));
    assertTrue(hello.shows(Planes.TOKEN));
    assertFalse(hello.shows(""));
  }

  static void assertServes(Planes planes) {
    List<Integer> ranks =
        planes.run(
            1_000,
            2,
            comm -> {
              comm.barrier();
              return comm.rank();
            });
    assertEquals(List.of(0, 1), ranks);
  }

  private static void assertAborted(String part, Executable call) {
    String message = assertThrows(CommunicatorAbortedException.class, call).getMessage();
    assertTrue(String.valueOf(message).contains(part), message);
  }
}
