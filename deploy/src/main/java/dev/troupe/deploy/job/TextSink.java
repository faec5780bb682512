package dev.troupe.deploy.job;

import dev.troupe.infer.TextListener;

/** Where generated texts go. Used by one thread. */
interface TextSink extends AutoCloseable {
  /**
   * A text of a prompt begins.
   *
   * @param place which one it is, in the order in which results are given, from 0
   * @param prompt what it goes on from
   * @param sample which text of this prompt, from 0
   * @param promptTokens how many tokens the prompt has
   */
  TextListener begin(int place, String prompt, int sample, int promptTokens);

  /** All texts are complete, or none will come any more. */
  @Override
  void close();
}
