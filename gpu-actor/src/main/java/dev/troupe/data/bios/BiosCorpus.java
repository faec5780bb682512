package dev.troupe.data.bios;

import dev.troupe.data.corpus.Corpus;
import dev.troupe.data.corpus.DocumentSink;
import dev.troupe.data.digest.Fingerprint;
import dev.troupe.data.random.FeistelPermutation;
import dev.troupe.data.random.SplitMix64;
import dev.troupe.proto.error.TroupeException;

/**
 * Synthetic biographies after Allen-Zhu and Li, "Physics of Language Models: Part 3.3" (2024), with
 * words and sentences of our own: people with unique full names and six facts each, told several
 * times in different words. The text is the same everywhere.
 *
 * <p>Documents come in rounds. Round {@code r} has biography {@code r} of every person, in a
 * shuffled order of its own. So the documents at the end, which are held out, are differently
 * worded biographies of people whom all earlier rounds tell about, as in the paper: what is
 * measured is knowledge of the people, not of the wording.
 */
public final class BiosCorpus implements Corpus {
  /** The name in {@code data.source}. */
  public static final String NAME = "bios";

  /** Raised when the same settings would give another text. */
  private static final int VERSION = 1;

  private static final long SEED = 0x726F_756E_6473L;

  private final int people;
  private final int biographies;
  private final Lists lists;
  private final Biographer biographer;

  /**
   * A corpus of {@code people * biographies} documents.
   *
   * @param people number of people ({@code data.bios.people})
   * @param biographies number of biographies of each ({@code data.bios.biographies})
   * @throws TroupeException (usage) if a number is out of range
   */
  public BiosCorpus(int people, int biographies) {
    this.people = people;
    this.biographies = biographies;
    this.lists = Lists.load();
    People world = new People(lists);
    this.biographer = new Biographer(lists, world);
    requireRange("data.bios.people", people, world.max());
    requireRange("data.bios.biographies", biographies, (Integer.MAX_VALUE - 1L) / people);
  }

  private static void requireRange(String key, long value, long max) {
    if (value < 1 || value > max) {
      throw TroupeException.usage(
          "%s is %d; it must be at least 1 and at most %d".formatted(key, value, max));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String fingerprint() {
    return new Fingerprint()
        .add(NAME)
        .add(VERSION)
        .add(people)
        .add(biographies)
        .add(lists.fingerprint())
        .hex();
  }

  @Override
  public long total() {
    return (long) people * biographies;
  }

  @Override
  public String unit() {
    return "documents";
  }

  @Override
  public void write(DocumentSink sink) {
    for (int round = 0; round < biographies; round++) {
      FeistelPermutation order = new FeistelPermutation(people, SplitMix64.key(SEED, round));
      for (int i = 0; i < people; i++) {
        sink.text(biographer.biography((int) order.apply(i), round));
        sink.endDocument();
        sink.progress((long) round * people + i + 1);
      }
    }
  }
}
