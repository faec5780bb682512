package dev.troupe.eval;

import java.util.List;

/**
 * A question of a multiple-choice task.
 *
 * @param line where it stands in its file, from 1
 * @param context what comes before the answer; may be empty
 * @param choices the possible answers, at least 2, none empty
 * @param answer index of the right one
 */
public record ChoiceItem(long line, String context, List<String> choices, int answer) {
  /** Checks the choices. */
  public ChoiceItem {
    choices = List.copyOf(choices);
    if (choices.size() < 2) {
      throw new IllegalArgumentException(
          "has %d \"choices\"; give at least 2".formatted(choices.size()));
    }
    for (int i = 0; i < choices.size(); i++) {
      if (choices.get(i).isEmpty()) {
        throw new IllegalArgumentException("has an empty text as \"choices\"[%d]".formatted(i));
      }
    }
    if (answer < 0 || answer >= choices.size()) {
      throw new IllegalArgumentException(
          "has \"answer\" = %d; give the index of the right one of its %d choices, 0 to %d"
              .formatted(answer, choices.size(), choices.size() - 1));
    }
  }

  /** The text of the right answer. */
  public String rightAnswer() {
    return choices.get(answer);
  }
}
