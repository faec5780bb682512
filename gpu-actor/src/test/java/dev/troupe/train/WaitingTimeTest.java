package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Unbacked;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Time in collectives is counted, and no other. */
class WaitingTimeTest {
  private static final long WAIT = 3_000_000;

  private final WaitingTime time = new WaitingTime();

  private static void pass() {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < WAIT) {
      Thread.onSpinWait();
    }
  }

  /** A group of two whose other rank is late, in starting and in ending. */
  private static Communicator late() {
    return (Communicator)
        Proxy.newProxyInstance(
            Communicator.class.getClassLoader(),
            new Class<?>[] {Communicator.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "size" -> 2;
                  case "allReduce" -> {
                    pass();
                    Pending pending = WaitingTimeTest::pass;
                    yield pending;
                  }
                  case "barrier" -> {
                    pass();
                    yield null;
                  }
                  default -> throw new AssertionError(method);
                });
  }

  @Test
  void countsStartingAndAwaitingAndNothingBetween() {
    Communicator group = time.of(late());
    BufferView data = new BufferView(new Unbacked(), 0, 1, DataType.FLOAT32);
    Pending pending = group.allReduce(data, ReduceOp.SUM);
    long started = time.nanos();
    assertTrue(started >= WAIT, "starting is counted");
    pass();
    assertEquals(started, time.nanos(), "work is not");
    pending.await();
    assertTrue(time.nanos() >= 2 * WAIT, "awaiting is counted");
    long awaited = time.nanos();
    group.barrier();
    assertTrue(time.nanos() >= awaited + WAIT, "barriers are counted");
  }
}
