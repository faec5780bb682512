package dev.troupe.data.djl;

/** Turns text into token ids. Thread-safe; its native memory is freed when it is unreachable. */
@FunctionalInterface
public interface Encoder {
  /** The ids of a text, without any that begin or end it. */
  int[] encode(String text);
}
