package dev.troupe.eval;

import dev.troupe.eval.ChoicePrompts.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A multiple-choice task, ready for a model.
 *
 * @param name what results call it
 * @param shots how many solved questions come before each
 * @param items the questions, at least one
 * @param prompts theirs, in the same order
 */
public record ChoiceTask(String name, int shots, List<ChoiceItem> items, List<Prompt> prompts) {
  /** Keeps copies. */
  public ChoiceTask {
    items = List.copyOf(items);
    prompts = List.copyOf(prompts);
    if (items.size() != prompts.size()) {
      throw new IllegalArgumentException(
          "%d prompts of %d".formatted(prompts.size(), items.size()));
    }
  }

  /**
   * A task of the questions that the shots leave.
   *
   * @param file what messages call the questions' file
   */
  public static ChoiceTask of(String name, String file, FewShot shots, ChoicePrompts prompts) {
    List<Prompt> made = shots.others().stream().map(item -> prompts.of(item, file)).toList();
    return new ChoiceTask(name, shots.shots().size(), shots.others(), made);
  }

  /** Positions of its longest passage. */
  public int longest() {
    return passages().stream().mapToInt(Passage::inputs).max().orElse(0);
  }

  /** Choices in all. */
  public int choices() {
    return prompts.stream().mapToInt(prompt -> prompt.choices().size()).sum();
  }

  /**
   * Has a model's replicas answer it.
   *
   * @param rows as of {@link Scoring#run}
   * @param progress hears how many choices are done
   */
  public TaskScore score(List<? extends LossModel> replicas, int rows, LongConsumer progress) {
    double[] likelihoods = new double[choices()];
    long[] done = new long[1];
    Scoring.run(
        replicas,
        passages().iterator(),
        rows,
        (place, passage, nats) -> {
          likelihoods[(int) place] = -nats;
          progress.accept(++done[0]);
        });
    List<ChoiceScore> scores = new ArrayList<>();
    int at = 0;
    for (ChoiceItem item : items) {
      double[] own = new double[item.choices().size()];
      System.arraycopy(likelihoods, at, own, 0, own.length);
      scores.add(new ChoiceScore(item, own));
      at += own.length;
    }
    int cut = (int) prompts.stream().filter(Prompt::cut).count();
    return new TaskScore(name, shots, cut, scores);
  }

  private List<Passage> passages() {
    return prompts.stream().flatMap(prompt -> prompt.choices().stream()).toList();
  }
}
