package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a byte of a published checkpoint, it is noticed and the file is named. */
final class DamageTest {
  private static final Storage STORAGE = new QuickStorage();

  @TempDir Path dir;

  private Path older = Path.of("");
  private Path newest = Path.of("");

  @BeforeEach
  void saveTwo() {
    older = Checkpoints.save(STORAGE, dir, 1);
    newest = Checkpoints.save(STORAGE, dir, 2);
  }

  @Test
  void noticesAFlippedByteAnywhere() throws IOException {
    List<String> names = new Disk(STORAGE).names(newest);
    assertEquals(
        List.of(
            "manifest.json",
            "rank-00000.json",
            "rank-00000.safetensors",
            "rank-00001.json",
            "rank-00001.safetensors"),
        names);
    for (String name : names) {
      Path file = newest.resolve(name);
      byte[] intact = Files.readAllBytes(file);
      for (int at = 0; at < intact.length; at += at < 100 || at > intact.length - 40 ? 1 : 17) {
        byte[] damaged = intact.clone();
        damaged[at] ^= (byte) (1 << at % 8);
        Files.write(file, damaged);
        assertDamaged(file);
      }
      Files.write(file, intact);
    }
    assertFallsBackTo(newest, List.of());
  }

  @Test
  void noticesATruncatedLongerOrMissingFile() throws IOException {
    for (String name : new Disk(STORAGE).names(newest)) {
      Path file = newest.resolve(name);
      byte[] intact = Files.readAllBytes(file);
      for (int length : new int[] {0, 1, 7, 8, 90, intact.length / 2, intact.length - 1}) {
        Files.write(file, Arrays.copyOf(intact, length));
        assertDamaged(file);
      }
      Files.write(file, Arrays.copyOf(intact, intact.length + 1));
      assertDamaged(file);
      Files.delete(file);
      assertDamaged(file);
      assertFallsBackTo(older, List.of(file.toString(), newest.toString()));
      Files.write(file, intact);
    }
  }

  @Test
  void namesTheTensorWhoseDataIsDamaged() throws IOException {
    Path file = newest.resolve("rank-00001.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 4;
    Files.write(file, bytes);
    assertTrue(damage().contains("EXP_AVG_SQ of norm[0:1, 5:11]"), damage());
    assertFallsBackTo(older, List.of(file.toString()));
  }

  @Test
  void refusesADamagedIndexBeforeItIsPublished() throws IOException {
    CheckpointFolder folder = new CheckpointFolder(STORAGE, dir);
    Path index = Checkpoints.write(STORAGE, folder, 3, 2).resolve("rank-00001.json");
    byte[] bytes = Files.readAllBytes(index);
    bytes[200] ^= 1;
    Files.write(index, bytes);
    Refusals.assertRefused(
        () -> folder.publish(3, Checkpoints.info(3, Checkpoints.TENSORS), 2), index);
    assertFallsBackTo(newest, List.of());
  }

  @Test
  void refusesAManifestThatIsSealedButWrong() throws IOException {
    assertRefused("\"rank-00001.safetensors\"", "\"../../rank-00001.safetensors\"", "has no file");
    assertRefused("\"rank\":1", "\"rank\":0", "has no file");
    assertRefused("\"format\":1", "\"format\":2", "its format is 2");
    assertRefused("\"step\":2", "\"step\":-2", "must not be negative");
    assertRefused("\"step\":2,", "", "field step is missing");
    assertRefused("\"step\":2", "\"step\":\"2\"", "field step is not a whole number");
    assertRefused("\"kind\":\"exp_avg\"", "\"kind\":\"exp_avg_sq\"", "of wk, EXP_AVG has only");
    assertRefused("\"kind\":\"exp_avg\"", "\"kind\":\"momentum\"", "MOMENTUM");
    assertRefused("\"cols\":2,", "\"cols\":3,", "has another size than its rectangle");
    assertRefused("\"header_bytes\":", "\"header_bytes\":1", "begins at byte");
    assertRefused("\"vocab\":2", "\"vocab\":3", "the model has 34 parameters");
    assertRefused("\"heads\":1", "\"heads\":0", "manifest.json is damaged");
    assertRefused("\"shards\":[", "\"shards\":[[],", "field shards is not an object");
  }

  private void assertRefused(String from, String to, String reason) throws IOException {
    Path file = newest.resolve("manifest.json");
    byte[] intact = Files.readAllBytes(file);
    String content = SealedJson.open(file, intact).object().toString();
    String changed = content.replaceFirst(Pattern.quote(from), to);
    assertTrue(!changed.equals(content), () -> from + " is not in " + content);
    Files.write(file, seal(changed));
    assertDamaged(file);
    assertTrue(damage().contains(reason), damage());
    Files.write(file, intact);
  }

  /** As {@link SealedJson#seal}, of any text. */
  private static byte[] seal(String content) {
    String sha256 = Sha256.of(content.getBytes(StandardCharsets.UTF_8));
    return ("{\"sha256\":\"" + sha256 + "\",\"content\":" + content + "}\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void assertDamaged(Path file) {
    assertTrue(damage().contains(file.toString()), () -> damage() + " does not name " + file);
  }

  private String damage() {
    return Refusals.message(() -> CheckpointFolder.resolve(newest, warning -> {}));
  }

  private void assertFallsBackTo(Path expected, List<String> warned) {
    List<String> warnings = new ArrayList<>();
    CheckpointFolder folder = new CheckpointFolder(STORAGE, dir);
    assertEquals(Optional.of(expected), folder.newestValid(warnings::add));
    assertEquals(warned.isEmpty() ? 0 : 1, warnings.size(), warnings::toString);
    for (String part : warned) {
      assertTrue(warnings.getFirst().contains(part), warnings::toString);
    }
  }
}
