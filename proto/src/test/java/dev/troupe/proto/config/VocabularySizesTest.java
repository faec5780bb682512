package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** {@code model.vocab} follows the tokenizer. */
class VocabularySizesTest {
  private static JobSpec load(String... settings) {
    return JobConfig.load(
        null,
        List.of(settings),
        data -> OptionalInt.of(data.tokenizer().equals("big.json") ? 32_000 : 257));
  }

  @Test
  void itIsTheTokenizersSizeWhereItIsNotGiven() {
    assertEquals(32_000, load("data.tokenizer=big.json").model().vocab());
    assertEquals(257, load().model().vocab());
  }

  @Test
  void aLargerOneIsKept() {
    assertEquals(32_064, load("data.tokenizer=big.json", "model.vocab=32064").model().vocab());
  }

  @Test
  void aSmallerOneIsRefused() {
    String message =
        assertThrows(
                TroupeException.class, () -> load("data.tokenizer=big.json", "model.vocab=31999"))
            .toString();
    for (String part : List.of("model.vocab = 31999", "32000", "data.tokenizer = big.json")) {
      assertTrue(message.contains(part), message);
    }
  }

  /** A checkpoint's job is read where the tokenizer's original file may be gone. */
  @Test
  void aResolvedJobIsReadWithoutTheTokenizer() {
    JobSpec job = load("data.tokenizer=big.json", "data.eos=</s>", "data.bos=none");
    JobSpec again = JobConfig.parse(JobConfig.render(job));
    assertEquals(job, again);
    assertEquals("</s>", again.data().eos());
    assertEquals("none", again.data().bos());
  }
}
