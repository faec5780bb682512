package dev.troupe.data.stream;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.data.testing.ArrayStream;
import dev.troupe.proto.error.Category;
import org.junit.jupiter.api.Test;

class CheckedTokenStreamTest {
  @Test
  void shouldPassIdsInsideTheVocabulary() {
    TokenStream checked = CheckedTokenStream.of(ArrayStream.counting(10), 10);
    int[] read = new int[4];
    checked.read(7, 3, read, 1);
    assertArrayEquals(new int[] {0, 7, 8, 9}, read);
  }

  @Test
  void shouldNameTheFirstIdOutsideWhenOpened() {
    assertFails(
        Category.DATA,
        () -> CheckedTokenStream.of(ArrayStream.counting(10), 9),
        "test data: token 9 has id 9",
        "vocabulary of 9");
  }

  @Test
  void shouldNameTheFirstIdOutsideWhenRead() {
    TokenStream checked = new CheckedTokenStream(new ArrayStream(new int[] {1, 2, -3, 4}), 5);
    checked.read(0, 2, new int[2], 0);
    assertFails(Category.DATA, () -> checked.read(1, 3, new int[3], 0), "token 2 has id -3");
  }
}
