package dev.troupe.infer;

import java.util.Locale;

/** Why a text ended. */
public enum FinishReason {
  /** The end of the document, or a stop text. */
  STOP,
  /** As many tokens as were asked for, or as the model has positions. */
  LENGTH;

  /** As in JSON: {@code stop} or {@code length}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
