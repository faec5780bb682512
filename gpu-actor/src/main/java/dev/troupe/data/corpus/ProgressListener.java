package dev.troupe.data.corpus;

/** Hears how far the tokenisation of a corpus is. Called on the thread that tokenises. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE = progress -> {};

  /** Called a few times a second, and once at the end with {@code done == total}. */
  void onProgress(Progress progress);

  /**
   * A state of the work.
   *
   * @param corpus what is being tokenised
   * @param done how much has been done
   * @param total how much there is to do
   * @param unit what is counted, plural: "bytes", "documents"
   * @param perSecond units a second since the beginning
   */
  record Progress(String corpus, long done, long total, String unit, double perSecond) {}
}
