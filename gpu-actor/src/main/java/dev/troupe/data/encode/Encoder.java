package dev.troupe.data.encode;

/** Turns text into token ids. Thread-safe. */
@FunctionalInterface
public interface Encoder {
  /** The ids of a text, without any that begin or end it. */
  int[] encode(String text);
}
