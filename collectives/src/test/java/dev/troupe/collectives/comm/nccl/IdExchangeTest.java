package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class IdExchangeTest {
  private final LocalCommunicators host = new LocalCommunicators();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 12})
  void everyRankHasTheIdThatTheFirstOneMade(int size) throws Exception {
    List<Integer> world = IntStream.range(0, size).map(i -> 10 + i).boxed().toList();
    byte[] id = new byte[NcclSetup.ID_BYTES];
    for (int i = 0; i < id.length; i++) {
      id[i] = (byte) (3 * i);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
      List<Future<byte[]>> got = new ArrayList<>();
      for (int index = 0; index < size; index++) {
        int mine = index;
        IdExchange exchange = new IdExchange(host, 1, world);
        got.add(threads.submit(() -> exchange.run(mine, () -> mine == 0 ? id : new byte[0])));
      }
      for (Future<byte[]> bytes : got) {
        assertArrayEquals(id, bytes.get());
      }
    }
  }

  @Test
  void anAbortFreesWhoWaits() throws Exception {
    IdExchange exchange = new IdExchange(host, 1, List.of(0, 1));
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<String> waits =
          threads.submit(
              () ->
                  assertThrows(
                          CommunicatorAbortedException.class,
                          () -> exchange.run(1, () -> new byte[0]))
                      .getMessage());
      exchange.abort("rank 0 is lost");
      assertEquals("rank 0 is lost", waits.get());
    }
  }
}
