package dev.troupe.deploy.job;

import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.deploy.cli.EvalJob;
import dev.troupe.deploy.cli.EvalResult;
import dev.troupe.eval.BlendLoss;
import dev.troupe.eval.ChoiceTask;
import dev.troupe.eval.LossModel;
import dev.troupe.eval.TaskScore;
import dev.troupe.eval.TextLoss;
import dev.troupe.eval.TextScoring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code troupe eval}. All inputs are read and checked before the weights are.
 *
 * @param tokenising hears of tokenisation
 * @param progress shows the rest
 * @param warnings hears of damaged checkpoints that were passed over, and of what was cut
 */
public record ModelEvaluation(
    ProgressListener tokenising, EvalProgress progress, Consumer<String> warnings)
    implements EvalJob {
  private static final int ROWS = 2048;

  @Override
  public EvalResult run(Request request) {
    try (OpenCheckpoint checkpoint = OpenCheckpoint.open(request.checkpoint(), warnings);
        EvalTexts texts = new EvalTexts(checkpoint, request.texts(), tokenising)) {
      List<ChoiceTask> tasks =
          new EvalTasks(request.tasks(), checkpoint.tokenizer(), checkpoint.model().maxSeq())
              .read();
      int longest = tasks.stream().mapToInt(ChoiceTask::longest).max().orElse(0);
      int rows = Math.max(ROWS, Math.max(longest, texts.windows().context()));
      try (Replicas replicas =
          Replicas.load(checkpoint.reader(), request.dp(), request.tp(), rows)) {
        Measure measure = new Measure(replicas.lossModels(), rows, progress);
        return new EvalResult(
            checkpoint.folder(),
            checkpoint.reader().info().step(),
            texts.windows().context(),
            texts.windows().stride(),
            texts.data().stream().map(measure::text).toList(),
            texts.blend().map(measure::blend),
            tasks(request.tasks().files(), tasks, measure));
      }
    }
  }

  private List<EvalResult.Task> tasks(List<Path> files, List<ChoiceTask> tasks, Measure measure) {
    List<EvalResult.Task> results = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      TaskScore score = measure.task(tasks.get(i));
      if (score.cut() > 0) {
        warnings.accept(
            "%d of the %d questions of %s are longer than the model takes; their beginnings were cut off"
                .formatted(score.cut(), score.items().size(), score.name()));
      }
      results.add(new EvalResult.Task(files.get(i), score));
    }
    return results;
  }

  private record Measure(List<LossModel> models, int rows, EvalProgress progress) {
    TextLoss text(EvalTexts.Text text) {
      try (EvalProgress.Piece piece =
          progress.begin(text.name(), text.passages().targets(), "tokens")) {
        return TextScoring.of(text.name(), text.passages(), models, rows, piece);
      }
    }

    EvalResult.Blend blend(EvalTexts.Blend blend) {
      List<BlendLoss.Part> parts =
          blend.sources().stream()
              .map(source -> new BlendLoss.Part(source.weight(), text(source.text())))
              .toList();
      return new EvalResult.Blend(blend.name(), blend.heldOut(), new BlendLoss(parts));
    }

    TaskScore task(ChoiceTask task) {
      try (EvalProgress.Piece piece = progress.begin(task.name(), task.choices(), "choices")) {
        return task.score(models, rows, piece);
      }
    }
  }
}
