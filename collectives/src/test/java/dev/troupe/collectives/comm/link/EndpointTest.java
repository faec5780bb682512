package dev.troupe.collectives.comm.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.TroupeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Addresses as text, and where a data plane listens. */
@Timeout(60)
final class EndpointTest {
  @Test
  void namesAndAddressesOfBothKindsWork() {
    for (String host : List.of("localhost", "::1", "127.0.0.1")) {
      Planes.Transport transport = settings -> DataPlane.tcp(host, 0, settings);
      try (Planes planes = Planes.open(transport, 2)) {
        assertEquals(host, Endpoint.parse(planes.plane(0).endpoint()).host());
        HandshakeTest.assertServes(planes);
      } catch (TroupeException e) {
        assertTrue(host.equals("::1") && e.toString().contains("[::1]:0"), e::toString);
      }
    }
  }

  @Test
  void addressesThatMakeNoSenseAreRefused() {
    for (String bad : List.of("", "host", "host:", "::1:80", "host:99999", "a|b=c:1", "a b:1")) {
      assertThrows(TroupeException.class, () -> Endpoint.parse(bad), bad);
    }
    refuse("0.0.0.0", "stands for all addresses");
    refuse("no-such-host.invalid", "unknown");
    // TEST-NET-1: no machine has it.
    refuse("192.0.2.1", "cannot listen at 192.0.2.1:0");
  }

  private static void refuse(String host, String reason) {
    TroupeException e =
        assertThrows(
            TroupeException.class, () -> DataPlane.tcp(host, 0, LinkSettings.DEFAULT).close());
    assertTrue(e.toString().contains(reason), e::toString);
  }
}
