package dev.troupe.data.indexed;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.data.testing.Streams;
import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IndexedDatasetTest {
  /** Documents (1, 2, 65535) and (7), uint16, byte by byte as Megatron-LM describes it. */
  private static final String GOLDEN_IDX =
      "4d4d494449445800 00 0100000000000000 08 0200000000000000 0300000000000000"
          + " 03000000 01000000"
          + " 0000000000000000 0600000000000000"
          + " 0000000000000000 0100000000000000 0200000000000000";

  private static final String GOLDEN_BIN = "0100 0200 ffff 0700";

  /** Offsets in the golden index. */
  private static final int VERSION = 9;

  private static final int TYPE = 17;
  private static final int SEQUENCES = 18;
  private static final int SIZES = 34;
  private static final int POINTERS = 42;
  private static final int DOCUMENTS = 58;

  @TempDir Path folder;
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void unmap() {
    arena.close();
  }

  @Test
  void shouldReadTheGoldenFile() throws IOException {
    golden();
    IndexedDataset dataset = open();
    assertEquals(4, dataset.tokens());
    assertEquals(2, dataset.documents());
    assertEquals(3, dataset.documentStart(1));
    assertEquals(4, dataset.documentStart(2));
    assertArrayEquals(new int[] {1, 2, 65535, 7}, Streams.all(dataset));
    int[] part = new int[4];
    dataset.read(1, 2, part, 1);
    assertArrayEquals(new int[] {0, 2, 65535, 0}, part);
  }

  @Test
  void shouldWriteTheGoldenFile() throws IOException {
    try (var writer = new IndexedDatasetWriter(folder.resolve("tiny"), TokenType.UINT16)) {
      writer.add(new int[] {1, 2, 65535}, 0, 3);
      writer.endDocument();
      writer.add(new int[] {9, 7, 9}, 1, 1);
      writer.endDocument();
      writer.publish();
    }
    assertArrayEquals(bytes(GOLDEN_IDX), Files.readAllBytes(folder.resolve("tiny.idx")));
    assertArrayEquals(bytes(GOLDEN_BIN), Files.readAllBytes(folder.resolve("tiny.bin")));
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeSurvives(TokenType type) throws IOException {
    int[] ids = {0, 1, 100, 127, 5, 42};
    int[] extreme = type.holds(-1) ? new int[] {-1, -128} : new int[] {200, 255};
    try (var writer = new IndexedDatasetWriter(folder.resolve("tiny"), type)) {
      writer.add(ids, 0, ids.length);
      writer.endDocument();
      writer.endDocument();
      writer.add(extreme, 0, 2);
      writer.publish();
    }
    IndexedDataset dataset = open();
    assertEquals(type, dataset.type());
    assertEquals(3, dataset.documents());
    assertArrayEquals(ids, Streams.document(dataset, 0));
    assertArrayEquals(new int[0], Streams.document(dataset, 1));
    assertArrayEquals(extreme, Streams.document(dataset, 2));
  }

  @Test
  void int64IdsBeyondAnIntAreAnError() throws IOException {
    byte[] idx = bytes(GOLDEN_IDX);
    idx[TYPE] = 5;
    ByteBuffer.wrap(idx).order(ByteOrder.LITTLE_ENDIAN).putLong(POINTERS + 8, 3 * 8);
    writeIdx(idx);
    ByteBuffer bin = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(folder.resolve("tiny.bin"), bin.putLong(8, 1L << 40).array());
    assertFails(Category.DATA, () -> Streams.all(open()), "1099511627776");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 78, is not a Megatron-LM index",
    VERSION + ", 2, its version is 2",
    TYPE + ", 6, floating-point",
    TYPE + ", 9, code is 9",
    SEQUENCES + ", 3, truncated or damaged",
    (SEQUENCES + 7) + ", 127, truncated or damaged",
    SIZES + ", 4, disagree at sequence 1",
    (SIZES + 3) + ", -1, disagree at sequence 0",
    POINTERS + ", 2, disagree at sequence 0",
    DOCUMENTS + ", 1, document index 0",
    (DOCUMENTS + 8) + ", 9, document index 1",
    (DOCUMENTS + 16) + ", 1, document index 2",
  })
  void shouldRefuseAChangedByte(int at, byte value, String message) throws IOException {
    golden();
    byte[] idx = bytes(GOLDEN_IDX);
    idx[at] = value;
    writeIdx(idx);
    assertRefused(message);
  }

  @Test
  void shouldRefuseModesOfMultimodalData() throws IOException {
    golden();
    writeIdx(Arrays.copyOf(bytes(GOLDEN_IDX), bytes(GOLDEN_IDX).length + 2));
    assertRefused("multimodal");
  }

  @Test
  void shouldRefuseEveryTruncation() throws IOException {
    golden();
    byte[] idx = bytes(GOLDEN_IDX);
    for (int length = 0; length < idx.length; length++) {
      writeIdx(Arrays.copyOf(idx, length));
      assertRefused("truncated");
    }
  }

  @Test
  void shouldRefuseABinThatIsShorterThanTheIndexSays() throws IOException {
    golden();
    Files.write(folder.resolve("tiny.bin"), new byte[7]);
    assertRefused("has 7 bytes, but its index needs 8");
  }

  @Test
  void shouldRefuseAMissingFile() throws IOException {
    assertRefused("tiny.idx does not exist");
    golden();
    Files.delete(folder.resolve("tiny.bin"));
    assertRefused("tiny.bin does not exist");
  }

  @Test
  void shouldRefuseAnIndexOfNoTokens() throws IOException {
    try (var writer = new IndexedDatasetWriter(folder.resolve("tiny"), TokenType.INT32)) {
      writer.publish();
    }
    assertRefused("no tokens");
  }

  private void assertRefused(String message) {
    assertFails(Category.DATA, this::open, message, folder.resolve("tiny").toString());
  }

  private IndexedDataset open() {
    return IndexedDataset.open(folder.resolve("tiny"), "tiny", arena);
  }

  private void golden() throws IOException {
    writeIdx(bytes(GOLDEN_IDX));
    Files.write(folder.resolve("tiny.bin"), bytes(GOLDEN_BIN));
  }

  private void writeIdx(byte[] idx) throws IOException {
    // A new file: a mapping of the old one must not change under a dataset that is still open.
    Files.deleteIfExists(folder.resolve("tiny.idx"));
    Files.write(folder.resolve("tiny.idx"), idx);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
