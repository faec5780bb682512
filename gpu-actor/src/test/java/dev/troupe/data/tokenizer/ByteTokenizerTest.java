package dev.troupe.data.tokenizer;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.proto.error.Category;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ByteTokenizerTest {
  private final Tokenizer tokenizer = new ByteTokenizer();

  @Test
  void idsAreTheBytesOfUtf8() {
    assertArrayEquals(new int[] {'a', 0xC3, 0xA9, 0xE2, 0x82, 0xAC}, tokenizer.encode("aé€"));
    assertEquals(257, tokenizer.vocabSize());
    assertEquals(256, tokenizer.endOfDocument());
  }

  @Test
  void fingerprintIsPinnedBecauseCachesAreNamedByIt() {
    assertEquals(
        "b2b3a514171300bf497d7fe9b0385c0572c50ea6098c77849d2432d4c0cf08cb",
        tokenizer.fingerprint());
  }

  @Test
  void endOfDocumentHasNoText() {
    assertEquals("ab", tokenizer.decode(new int[] {'a', 256, 'b'}));
  }

  @Test
  void shouldRefuseIdsOutsideTheVocabulary() {
    assertThrows(IllegalArgumentException.class, () -> tokenizer.bytes(257));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.bytes(-1));
  }

  @Test
  void shouldListTokenizersWhenNameIsUnknown() {
    assertFails(Category.USAGE, () -> Tokenizers.open("gpt2"), "\"gpt2\"", "bytes");
  }

  @Test
  void shouldOpenByName() {
    assertEquals("bytes", Tokenizers.open("bytes").name());
  }

  @Test
  void shouldShowACharacterWhenItsLastByteComes() {
    StreamingDecoder decoder = new StreamingDecoder(tokenizer);
    assertEquals("", decoder.accept(0xE2));
    assertEquals("", decoder.accept(0x82));
    assertEquals("€", decoder.accept(0xAC));
    assertEquals("", decoder.accept(0xC3));
    assertEquals("\uFFFDx", decoder.accept('x'));
    assertEquals("", decoder.accept(0xF0));
    assertEquals("\uFFFD", decoder.finish());
    assertEquals("a", decoder.accept('a'));
  }

  @Property
  void textSurvives(@ForAll String any) {
    String text =
        any.codePoints()
            .filter(c -> !isSurrogate(c))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
  }

  @Property
  void streamingGivesWhatDecodingAtOnceGives(@ForAll List<@IntRange(max = 256) Integer> sample) {
    int[] ids = sample.stream().mapToInt(Integer::intValue).toArray();
    StreamingDecoder decoder = new StreamingDecoder(tokenizer);
    StringBuilder streamed = new StringBuilder();
    for (int id : ids) {
      streamed.append(decoder.accept(id));
    }
    assertEquals(tokenizer.decode(ids), streamed.append(decoder.finish()).toString());
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
