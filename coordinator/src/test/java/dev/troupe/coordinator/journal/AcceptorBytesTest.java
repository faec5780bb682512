package dev.troupe.coordinator.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.StepResult;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AcceptorBytesTest {
  @Test
  void theLossesOfABlendsSourcesSurvive() throws IOException {
    StepResult result = new StepResult(2.5, 0.5, 3e-4, 64, List.of(2.25, Double.NaN));
    JournalRecord record =
        new JournalRecord(
            7, 40, 13, 40, new CommittedStep(result, 0.75, 2, 3), 4, null, List.of("node-1"));
    Acceptor acceptor = new Acceptor("a", 9, "b", 5, record, List.of("a", "b", "c"));
    Acceptor read = AcceptorBytes.read(AcceptorBytes.of(acceptor));
    assertEquals(record, Objects.requireNonNull(read.record()));
    assertEquals(acceptor.keepers(), read.keepers());
  }
}
