package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointFolderTest {
  private static final Storage STORAGE = new FileStorage();

  @TempDir Path dir;

  private final List<String> warnings = new ArrayList<>();

  @Test
  void publishesUnderItsNameAndNamesItTheLatest() throws IOException {
    Path published = Checkpoints.save(STORAGE, dir, 1234);
    assertEquals(dir.resolve("step-00001234"), published);
    assertEquals("step-00001234\n", Files.readString(dir.resolve("latest")));
    assertEquals(List.of("latest", "step-00001234"), names());
    assertEquals(Optional.of(published), folder().newestValid(warnings::add));
    assertEquals(published, CheckpointFolder.resolve(dir, warnings::add));
    assertEquals(published, CheckpointFolder.resolve(published, warnings::add));
    assertEquals(List.of(), warnings);
  }

  @Test
  void namesNothingWithoutPermission() throws IOException {
    Checkpoints.save(STORAGE, dir, 5);
    Checkpoints.write(STORAGE, folder(), 7, 2);
    TroupeException refusal = TroupeException.peer("no longer");
    Executable publish =
        () ->
            folder()
                .publish(
                    7,
                    Checkpoints.info(7, Checkpoints.TENSORS),
                    2,
                    () -> {
                      throw refusal;
                    });
    assertEquals(refusal, assertThrows(TroupeException.class, publish));
    assertEquals("step-00000005\n", Files.readString(dir.resolve("latest")));
    assertFalse(Files.exists(dir.resolve("step-00000007")));
    assertEquals(Optional.of(dir.resolve("step-00000005")), folder().newestValid(warnings::add));
  }

  @Test
  void hasNoValidCheckpointBeforeTheFirstSave() {
    assertEquals(Optional.empty(), folder().newestValid(warnings::add));
    CheckpointFolder missing = new CheckpointFolder(STORAGE, dir.resolve("not/yet"));
    assertEquals(Optional.empty(), missing.newestValid(warnings::add));
    assertEquals(List.of(), warnings);
    assertMessage("holds no valid checkpoint", () -> CheckpointFolder.resolve(dir, warnings::add));
    assertMessage(
        "none does not exist", () -> CheckpointFolder.resolve(dir.resolve("none"), warnings::add));
  }

  @Test
  void doesNotStartAnewWhereEveryCheckpointIsDamaged() throws IOException {
    for (long step : new long[] {1, 2}) {
      Files.delete(Checkpoints.save(STORAGE, dir, step).resolve("rank-00001.json"));
    }
    assertMessage(
        dir.resolve("step-00000002/rank-00001.json") + " does not exist",
        () -> folder().newestValid(warnings::add));
    assertMessage("give another run.name", () -> folder().newestValid(warnings::add));
  }

  @Test
  void doesNotStartAnewWhereTheOnlyCheckpointWasDeleted() {
    new Disk(STORAGE).delete(Checkpoints.save(STORAGE, dir, 1));
    assertMessage(
        "Put back what " + dir.resolve("latest") + " names",
        () -> folder().newestValid(warnings::add));
  }

  @Test
  void ignoresAndRemovesUnfinishedSaves() throws IOException {
    Path first = Checkpoints.save(STORAGE, dir, 1);
    Path unfinished = Checkpoints.write(STORAGE, folder(), 2, 2);
    Files.writeString(dir.resolve("latest.tmp"), "step-0");
    assertEquals(Optional.of(first), folder().newestValid(warnings::add));
    assertEquals(unfinished, folder().begin(2, Checkpoints.EPOCH));
    assertEquals(List.of(), new Disk(STORAGE).names(unfinished));
    folder().begin(3, Checkpoints.EPOCH);
    folder().discard(3, Checkpoints.EPOCH);
    assertEquals(List.of("latest", "latest.tmp", "step-00000001", "step-00000002.e3.tmp"), names());
    folder().removeUnfinished();
    assertEquals(List.of("latest", "step-00000001"), names());
  }

  @Test
  void refusesToPublishWhatIsNotComplete() throws IOException {
    CheckpointInfo info = Checkpoints.info(5, Checkpoints.TENSORS);
    Path unfinished = Checkpoints.write(STORAGE, folder(), 5, 3);
    assertMessage("belongs to none of 2 ranks", () -> folder().publish(5, info, 2));
    assertMessage(
        "rank 3 has not written " + unfinished.resolve("rank-00003.safetensors"),
        () -> folder().publish(5, info, 4));
    Files.delete(unfinished.resolve("rank-00001.json"));
    assertMessage(
        "rank 1 has not written " + unfinished.resolve("rank-00001.json"),
        () -> folder().publish(5, info, 3));
    assertEquals(List.of("step-00000005.e3.tmp"), names());
  }

  @Test
  void refusesToPublishTensorsThatAreNotTheModels() {
    Checkpoints.write(STORAGE, folder(), 5, 2);
    CheckpointInfo other = Checkpoints.info(5, List.of(new LogicalTensor("wq", 1, 40)));
    assertMessage(
        "32 elements, but the model has 40 parameters", () -> folder().publish(5, other, 2));
  }

  @Test
  void keepsTheOldOneOfTheSameStepUntilTheNewOneIsThere() {
    Path first = Checkpoints.save(STORAGE, dir, 4);
    Checkpoints.write(STORAGE, folder(), 4, 3);
    assertEquals(first, folder().publish(4, Checkpoints.info(4, Checkpoints.TENSORS), 3));
    assertEquals(List.of("latest", "step-00000004"), names());
    assertTrue(Files.exists(first.resolve("rank-00002.json")));
  }

  @Test
  void neverMovesLatestBackWhileALaterOneIsIntact() throws IOException {
    Checkpoints.save(STORAGE, dir, 20);
    Checkpoints.save(STORAGE, dir, 10);
    assertEquals("step-00000020\n", Files.readString(dir.resolve("latest")));
    Files.delete(dir.resolve("step-00000020/rank-00000.safetensors"));
    Checkpoints.save(STORAGE, dir, 11);
    assertEquals("step-00000011\n", Files.readString(dir.resolve("latest")));
  }

  @Test
  void prunesTheOldestButNeverTheLatest() throws IOException {
    for (long step = 1; step <= 5; step++) {
      Checkpoints.save(STORAGE, dir, step);
    }
    folder().prune(3);
    assertEquals(List.of("latest", "step-00000003", "step-00000004", "step-00000005"), names());
    Files.writeString(dir.resolve("latest"), "step-00000003\n");
    folder().prune(1);
    assertEquals(List.of("latest", "step-00000003", "step-00000005"), names());
    assertThrows(IllegalArgumentException.class, () -> folder().prune(0));
  }

  @Test
  void doesNotCountAVisiblyDamagedOneAsKept() throws IOException {
    for (long step = 1; step <= 4; step++) {
      Checkpoints.save(STORAGE, dir, step);
    }
    Files.delete(dir.resolve("step-00000003/rank-00001.safetensors"));
    folder().prune(2);
    assertEquals(List.of("latest", "step-00000002", "step-00000003", "step-00000004"), names());
  }

  @Test
  void warnsOfALatestThatNamesNothingAndTakesTheNewest() throws IOException {
    Checkpoints.save(STORAGE, dir, 1);
    Path newest = Checkpoints.save(STORAGE, dir, 2);
    for (String text : List.of("", "../../etc", "step-00000009\n", "step-00000001.tmp\n")) {
      warnings.clear();
      Files.writeString(dir.resolve("latest"), text);
      assertEquals(Optional.of(newest), folder().newestValid(warnings::add));
      assertEquals(1, warnings.size(), warnings::toString);
      assertTrue(warnings.getFirst().contains(dir.toString()), warnings::toString);
    }
  }

  @Test
  void takesWhatLatestNamesBeforeNewerOnes() throws IOException {
    Path older = Checkpoints.save(STORAGE, dir, 1);
    Checkpoints.save(STORAGE, dir, 2);
    Files.writeString(dir.resolve("latest"), "step-00000001\n");
    assertEquals(Optional.of(older), folder().newestValid(warnings::add));
  }

  @Test
  void namesTheFileWhenTheCheckpointGivenIsDamaged() throws IOException {
    Checkpoints.save(STORAGE, dir, 1);
    Path published = Checkpoints.save(STORAGE, dir, 2);
    Path data = published.resolve("rank-00001.safetensors");
    Files.delete(data);
    assertMessage(data.toString(), () -> CheckpointFolder.resolve(published, warnings::add));
    Files.delete(published.resolve("manifest.json"));
    assertMessage(
        "manifest.json does not exist", () -> CheckpointFolder.resolve(published, warnings::add));
    assertFalse(warnings.iterator().hasNext(), warnings::toString);
  }

  private CheckpointFolder folder() {
    return new CheckpointFolder(STORAGE, dir);
  }

  private List<String> names() {
    return new Disk(STORAGE).names(dir);
  }

  private static void assertMessage(String part, Executable action) {
    Refusals.assertRefused(action, part);
  }
}
