package dev.troupe.deploy.cli;

import dev.troupe.eval.BlendLoss;
import dev.troupe.eval.ChoiceItem;
import dev.troupe.eval.ChoiceScore;
import dev.troupe.eval.TaskScore;
import dev.troupe.eval.TextLoss;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An evaluation with a bit of everything, and what becomes of it. */
final class EvalResults {
  /** The whole result: its names and their order are a contract. */
  static final String JSON =
      """
      {"loss":1.75,"perplexity":5.754602676005731,"bits_per_byte":0.7213475204444818,
      "tokens":400,"bytes":1400,"checkpoint":"c/step-00000007","step":7,"context":64,"stride":32,
      "files":[{"file":"a.txt","loss":1.0,"perplexity":2.718281828459045,
      "bits_per_byte":0.3606737602222409,"tokens":100,"bytes":400},{"file":"b.txt","loss":2.0,
      "perplexity":7.38905609893065,"bits_per_byte":0.8656170245333781,"tokens":300,"bytes":1000}],
      "blend":{"blend":"b.conf","held_out":true,"loss":3.0,"perplexity":20.085536923187668,
      "bits_per_byte":1.4426950408889636,"sources":[{"source":"web","weight":3.0,"loss":2.0,
      "perplexity":7.38905609893065,"bits_per_byte":0.7213475204444818,"tokens":100,"bytes":400},
      {"source":"books","weight":1.0,"loss":6.0,"perplexity":403.4287934927351,
      "bits_per_byte":null,"tokens":10,"bytes":0}]},
      "tasks":[{"task":"sums","file":"sums.jsonl","n":2,"shots":3,"cut":1,"acc":0.5,
      "acc_stderr":0.5,"acc_norm":1.0,"acc_norm_stderr":0.0},{"task":"single","file":"single.jsonl",
      "n":1,"shots":0,"cut":0,"acc":1.0,"acc_stderr":null,"acc_norm":1.0,
      "acc_norm_stderr":null}]}
      """
          .replace("\n", "");

  /** A line for each question. */
  static final String DETAILS =
      """
      {"task":"sums","line":4,"answer":1,"log_likelihoods":[-3.0,-4.0],"acc":0,"acc_norm":1}
      {"task":"sums","line":5,"answer":0,"log_likelihoods":[-1.0,-4.0],"acc":1,"acc_norm":1}
      {"task":"single","line":1,"answer":0,"log_likelihoods":[-1.5,-9.0],"acc":1,"acc_norm":1}
      """;

  private EvalResults() {}

  static EvalResult everything() {
    return new EvalResult(
        Path.of("c/step-00000007"),
        7,
        64,
        32,
        List.of(new TextLoss("a.txt", 100, 400, 100), new TextLoss("b.txt", 300, 1000, 600)),
        Optional.of(
            new EvalResult.Blend(
                "b.conf",
                true,
                new BlendLoss(
                    List.of(
                        new BlendLoss.Part(3, new TextLoss("web", 100, 400, 200)),
                        new BlendLoss.Part(1, new TextLoss("books", 10, 0, 60)))))),
        List.of(
            new EvalResult.Task(
                Path.of("sums.jsonl"),
                new TaskScore(
                    "sums",
                    3,
                    1,
                    List.of(
                        answered(4, "5", "6 or 7", 1, -3, -4), answered(5, "1", "2", 0, -1, -4)))),
            new EvalResult.Task(
                Path.of("single.jsonl"),
                new TaskScore("single", 0, 0, List.of(answered(1, "yes", "no", 0, -1.5, -9))))));
  }

  private static ChoiceScore answered(
      long line, String first, String second, int answer, double... likelihoods) {
    return new ChoiceScore(
        new ChoiceItem(line, "question", List.of(first, second), answer), likelihoods);
  }
}
