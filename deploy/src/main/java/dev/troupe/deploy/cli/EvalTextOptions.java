package dev.troupe.deploy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which texts {@code troupe eval} measures, and how. */
final class EvalTextOptions {
  private static final String OWN = "";

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Texts, JSONL files, folders of them, or prefixes of .bin/.idx pairs.")
  private List<Path> data = new ArrayList<>();

  @Option(
      names = "--blend",
      arity = "0..1",
      fallbackValue = OWN,
      paramLabel = "FILE",
      description =
          "The sources of data.blend of a job file, each and weighted; without a file the"
              + " blend that the model was trained on, of which only the held-out parts are"
              + " read where there are any.")
  private @Nullable String blend;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Score the first N tokens of each file or source. Default: all.")
  private @Nullable Long tokens;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Tokens that the model sees at once. Default: the length it was trained with.")
  private @Nullable Integer context;

  @Option(
      names = "--stride",
      paramLabel = "N",
      description =
          "Tokens that each window scores, after the first; the others of its --context"
              + " are there to be looked back at. Less is slower and gives a lower loss."
              + " Default: --context.")
  private @Nullable Integer stride;

  @Option(
      names = "--by-document",
      description =
          "Score each document on its own, as lm-evaluation-harness does: nothing of the"
              + " documents before it is seen, and the tokens that begin and end it are not"
              + " scored.")
  private boolean byDocument;

  EvalJob.Texts texts() {
    return new EvalJob.Texts(
        data,
        blend == null ? null : new EvalJob.Blend(blend.equals(OWN) ? null : Path.of(blend)),
        tokens == null ? EvalJob.Texts.ALL : tokens,
        given("--context", context),
        given("--stride", stride),
        byDocument);
  }

  /** What was left out is 0. */
  private static int given(String option, @Nullable Integer value) {
    if (value == null) {
      return 0;
    }
    EvalJob.atLeastOne(option, value);
    return value;
  }
}
