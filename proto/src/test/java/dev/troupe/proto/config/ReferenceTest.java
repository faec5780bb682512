package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.typesafe.config.ConfigFactory;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  @Test
  void everyKeyOfTheReferenceIsReadAndNoOther() {
    Fields fields = new Fields(Presets.model("llama-tiny", "test").withFallback(Reference.load()));
    new JobReader(fields, VocabularySizes.BUILT_IN).read();
    assertEquals(Reference.keys(), fields.read());
  }

  @Test
  void everyKeyOfTheReferenceIsExplained() {
    Reference.leaves(Reference.load().root())
        .forEach(
            (key, value) ->
                assertFalse(
                    String.join("", value.origin().comments()).isBlank(),
                    key + " has no comment in reference.conf"));
  }

  @Test
  void aRenderedJobHasEveryKey() {
    String rendered = JobConfig.render(JobConfig.parse(""));
    assertEquals(
        Reference.keys(),
        new TreeSet<>(Reference.leaves(ConfigFactory.parseString(rendered).root()).keySet()));
  }
}
