package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures how well a model predicts. */
@FunctionalInterface
public interface EvalJob {
  /**
   * Evaluates.
   *
   * @throws TroupeException naming the option, the file or its line, and the remedy
   */
  EvalResult run(Request request);

  /**
   * What to evaluate.
   *
   * @param checkpoint a checkpoint, or a folder of them
   * @param dp replicas of the model, which share the work out
   * @param tp ranks that each replica is cut over
   */
  record Request(Path checkpoint, Texts texts, Tasks tasks, int dp, int tp) {
    /** Checks that there is something to do. */
    public Request {
      atLeastOne("--dp", dp);
      atLeastOne("--tp", tp);
      if (texts.none() && tasks.files().isEmpty()) {
        throw TroupeException.usage(
            "nothing to evaluate; give --data FILE..., --blend [FILE.conf] or --task FILE.jsonl");
      }
    }
  }

  /**
   * Texts whose loss is measured.
   *
   * @param data files, in the forms of {@code data.path}
   * @param blend a blend of sources; null: none
   * @param most score so many tokens of each file or source at most
   * @param context tokens that the model sees at once; 0: the training length
   * @param stride tokens that a window scores; 0: {@code context}, so that windows do not overlap
   * @param byDocument whether no window has tokens of two documents
   */
  record Texts(
      List<Path> data,
      @Nullable Blend blend,
      long most,
      int context,
      int stride,
      boolean byDocument) {
    /** As {@code most}: no limit. */
    static final long ALL = Long.MAX_VALUE;

    /** Checks the numbers. */
    public Texts {
      data = List.copyOf(data);
      atLeastOne("--tokens", most);
      boolean how = most != ALL || context != 0 || stride != 0 || byDocument;
      if (how && data.isEmpty() && blend == null) {
        throw TroupeException.usage(
            "--tokens, --context, --stride and --by-document are for texts; give --data or --blend"
                + " too");
      }
    }

    private boolean none() {
      return data.isEmpty() && blend == null;
    }
  }

  /**
   * Which blend.
   *
   * @param file a job file with {@code data.blend}; null: that of the checkpoint's own job
   */
  record Blend(@Nullable Path file) {}

  /**
   * Multiple-choice tasks.
   *
   * @param files JSONL files
   * @param fewShot solved questions before each
   * @param fewShotFile where they come from; null: from the task itself
   * @param seed draws them; null: the first ones
   */
  record Tasks(List<Path> files, int fewShot, @Nullable Path fewShotFile, @Nullable Long seed) {
    /** Checks the numbers. */
    public Tasks {
      files = List.copyOf(files);
      if (fewShot < 0) {
        throw TroupeException.usage("--few-shot = %d; give 0 or more".formatted(fewShot));
      }
      if (fewShot == 0 && (fewShotFile != null || seed != null)) {
        throw TroupeException.usage(
            "--few-shot-file and --seed say where solved questions come from; give --few-shot K too");
      }
      if (fewShot > 0 && files.isEmpty()) {
        throw TroupeException.usage("--few-shot is for tasks; give --task FILE.jsonl too");
      }
    }
  }

  /**
   * Refuses less than 1.
   *
   * @throws TroupeException (usage) naming the option
   */
  static void atLeastOne(String option, long value) {
    if (value < 1) {
      throw TroupeException.usage("%s = %d; give at least 1".formatted(option, value));
    }
  }
}
