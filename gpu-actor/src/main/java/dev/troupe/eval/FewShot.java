package dev.troupe.eval;

import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Solved questions that are put before each question, in the form of lm-evaluation-harness: the
 * context, a space, the right answer, and an empty line.
 *
 * @param shots the solved questions
 * @param others the questions that were not taken, in their order
 */
public record FewShot(List<ChoiceItem> shots, List<ChoiceItem> others) {
  /** What is between a context and an answer. */
  static final String BEFORE_ANSWER = " ";

  private static final String AFTER_ANSWER = "\n\n";

  /** Keeps copies. */
  public FewShot {
    shots = List.copyOf(shots);
    others = List.copyOf(others);
  }

  /**
   * The first {@code count} of some questions.
   *
   * @param name what messages call the questions
   * @throws TroupeException (usage) where there are not so many
   */
  public static FewShot first(int count, List<ChoiceItem> of, String name) {
    require(count, of, name);
    return new FewShot(of.subList(0, count), of.subList(count, of.size()));
  }

  /**
   * {@code count} of some questions, drawn at random, in the order in which they were drawn.
   *
   * @param name what messages call the questions
   * @throws TroupeException (usage) where there are not so many
   */
  public static FewShot drawn(int count, List<ChoiceItem> of, String name, long seed) {
    require(count, of, name);
    SplittableRandom random = new SplittableRandom(seed);
    List<ChoiceItem> others = new ArrayList<>(of);
    List<ChoiceItem> shots = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shots.add(others.remove(random.nextInt(others.size())));
    }
    return new FewShot(shots, others);
  }

  private static void require(int count, List<ChoiceItem> of, String name) {
    if (count < 0 || count > of.size()) {
      throw TroupeException.usage(
          "--few-shot = %d; %s has %d questions to take them from"
              .formatted(count, name, of.size()));
    }
  }

  /** The text before each question; empty where there is no shot. */
  public String prefix() {
    StringBuilder text = new StringBuilder();
    for (ChoiceItem shot : shots) {
      text.append(shot.context())
          .append(BEFORE_ANSWER)
          .append(shot.rightAnswer())
          .append(AFTER_ANSWER);
    }
    return text.toString();
  }
}
