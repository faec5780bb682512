package dev.troupe.deploy.job;

import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.deploy.cli.EvalJob;
import dev.troupe.eval.ChoiceFile;
import dev.troupe.eval.ChoiceItem;
import dev.troupe.eval.ChoicePrompts;
import dev.troupe.eval.ChoiceTask;
import dev.troupe.eval.FewShot;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tasks of an evaluation.
 *
 * @param wanted which
 * @param tokenizer the model's
 * @param longest positions that the model takes
 */
record EvalTasks(EvalJob.Tasks wanted, Tokenizer tokenizer, int longest) {
  /**
   * The tasks, in their order.
   *
   * @throws TroupeException naming the option, or the file and the line, and the remedy
   */
  List<ChoiceTask> read() {
    return wanted.files().stream().map(this::read).toList();
  }

  private ChoiceTask read(Path file) {
    List<ChoiceItem> all = ChoiceFile.read(file);
    @Nullable Path from = wanted.fewShotFile();
    FewShot shots =
        from == null
            ? shots(all, file)
            : new FewShot(shots(ChoiceFile.read(from), from).shots(), all);
    if (shots.others().isEmpty()) {
      throw TroupeException.usage(
          "--few-shot = %d leaves no question of %s to ask; give fewer, or --few-shot-file"
              .formatted(wanted.fewShot(), file));
    }
    ChoicePrompts prompts = new ChoicePrompts(tokenizer, shots.prefix(), longest);
    return ChoiceTask.of(name(file), file.toString(), shots, prompts);
  }

  private FewShot shots(List<ChoiceItem> of, Path file) {
    @Nullable Long seed = wanted.seed();
    return seed == null
        ? FewShot.first(wanted.fewShot(), of, file.toString())
        : FewShot.drawn(wanted.fewShot(), of, file.toString(), seed);
  }

  private static String name(Path file) {
    @Nullable Path last = file.getFileName();
    return last == null ? file.toString() : last.toString().replaceFirst("\\.jsonl$", "");
  }
}
