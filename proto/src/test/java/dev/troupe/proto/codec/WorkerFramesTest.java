package dev.troupe.proto.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.RankStopped;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerFramesTest {
  private final WorkerFrames frames = WorkerFrames.ofAgent();

  @Test
  void framesComeBackAsTheyWere() {
    for (WorkerFrame frame :
        List.of(
            new WorkerFrame.Hello(
                "a-w0", 17, "tcp://127.0.0.1:1", List.of(new WorkerFrame.Gpu("gpu", 1L << 36))),
            new WorkerFrame.Letter(3, new RankStopped(new Fence(1, 2), 3)),
            new WorkerFrame.Ping(),
            new WorkerFrame.Pong())) {
      assertEquals(frame, frames.read(frames.write(frame)));
    }
  }

  @Test
  void bytesThatAreNoFrameAreRefused() {
    assertThrows(TroupeException.class, () -> frames.read(new byte[0]));
    assertThrows(TroupeException.class, () -> frames.read(new byte[] {1, 2, 3}));
  }
}
