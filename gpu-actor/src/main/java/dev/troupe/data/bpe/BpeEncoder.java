package dev.troupe.data.bpe;

import dev.troupe.data.encode.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Byte-level BPE (Sennrich et al. 2016, Radford et al. 2019): text is cut into words, a word's
 * UTF-8 bytes become tokens, and pairs of tokens are merged in the order that the merges were
 * learned in. Words that were seen lately are not merged again.
 *
 * <p>Thread-safe.
 */
public final class BpeEncoder implements Encoder {
  private static final int KNOWN_WORDS = 1 << 16;

  /** Longer words seldom come again. */
  private static final int LONGEST_KNOWN = 48;

  /** A word and its tokens. */
  private record Known(String word, int[] ids) {}

  private final WordPattern pattern;
  private final MergeTable merges;
  private final int[] bytes;
  private final Map<String, Integer> whole;

  /** By the words' hashes, the last word with one; threads may overwrite each other's. */
  private final Known[] known = new Known[KNOWN_WORDS];

  /**
   * An encoder.
   *
   * @param pattern cuts text into words
   * @param merges what is merged
   * @param bytes the id of each byte
   * @param whole words, in the {@linkplain ByteAlphabet alphabet of bytes}, that become a token as
   *     a whole, whatever the merges
   */
  BpeEncoder(WordPattern pattern, MergeTable merges, int[] bytes, Map<String, Integer> whole) {
    this.pattern = pattern;
    this.merges = merges;
    this.bytes = bytes;
    this.whole = whole;
  }

  @Override
  public int[] encode(String text) {
    int[] all = new int[text.length() / 2 + 8];
    int count = 0;
    int end;
    for (int start = 0; start < text.length(); start = end) {
      end = pattern.end(text, start);
      int[] ids = ids(text, start, end);
      if (count + ids.length > all.length) {
        all = Arrays.copyOf(all, 2 * (count + ids.length));
      }
      System.arraycopy(ids, 0, all, count, ids.length);
      count += ids.length;
    }
    return Arrays.copyOf(all, count);
  }

  private int[] ids(String text, int start, int end) {
    if (end - start > LONGEST_KNOWN) {
      return merge(text.substring(start, end));
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int slot = (hash ^ hash >>> 16) & (KNOWN_WORDS - 1);
    Known last = known[slot];
    if (last != null && last.word.length() == end - start && text.startsWith(last.word, start)) {
      return last.ids;
    }
    String word = text.substring(start, end);
    int[] ids = merge(word);
    known[slot] = new Known(word, ids);
    return ids;
  }

  private int[] merge(String word) {
    byte[] utf8 = withoutHalves(word).getBytes(StandardCharsets.UTF_8);
    if (!whole.isEmpty()) {
      StringBuilder name = new StringBuilder(utf8.length);
      for (byte b : utf8) {
        name.append(ByteAlphabet.of(Byte.toUnsignedInt(b)));
      }
      Integer id = whole.get(name.toString());
      if (id != null) {
        return new int[] {id};
      }
    }
    int[] ids = new int[utf8.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[Byte.toUnsignedInt(utf8[i])];
    }
    return Merger.merge(merges, ids);
  }

  /** With U+FFFD for each half of a pair of surrogates that stands alone: it is no character. */
  private static String withoutHalves(String word) {
    if (word.codePoints().noneMatch(BpeEncoder::isHalf)) {
      return word;
    }
    int[] characters = word.codePoints().map(c -> isHalf(c) ? 0xFFFD : c).toArray();
    return new String(characters, 0, characters.length);
  }

  private static boolean isHalf(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
