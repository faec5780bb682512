package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A save that dies, or meets a full disk, at any of its storage operations. */
final class CrashTest {
  private static final Storage STORAGE = new QuickStorage();

  @TempDir Path folder;

  /** The process is gone: not even clean-up happens. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Lets {@code allowed} operations that change something happen and fails all later ones. Dying at
   * one that only looks leaves what dying at the next change leaves.
   */
  private static final class Limit implements InterceptedStorage.Interceptor {
    private final List<Path> refused = new ArrayList<>();
    private final boolean diskFull;
    private int allowed;

    Limit(int allowed, boolean diskFull) {
      this.allowed = allowed;
      this.diskFull = diskFull;
    }

    @Override
    public void before(StorageOperation operation, Path path) throws IOException {
      if (operation.readOnly()) {
        return;
      }
      if (allowed > 0) {
        allowed--;
        return;
      }
      if (!diskFull) {
        throw new Crash();
      }
      refused.add(path);
      throw new IOException("No space left on device");
    }
  }

  @Test
  void thePreviousOneLoadsAfterACrashAtAnyOperation() {
    assertAlwaysLoads(2, List.of(1L, 2L));
  }

  @Test
  void oneOfTheSameStepLoadsAfterACrashWhileItIsReplaced() {
    assertAlwaysLoads(1, List.of(1L));
  }

  private void assertAlwaysLoads(long step, List<Long> loadable) {
    for (int operations = 0; ; operations++) {
      Path dir = folder.resolve("after-" + operations);
      Checkpoints.save(STORAGE, dir, 1);
      boolean crashed = crashes(dir, step, new Limit(operations, false));
      List<String> warnings = new ArrayList<>();
      assertIntact(newest(dir, warnings), loadable);
      assertLatestNamesNothingBroken(dir, warnings);
      // The next process tidies up and saves the same step again.
      new CheckpointFolder(STORAGE, dir).removeUnfinished();
      Path again = Checkpoints.save(STORAGE, dir, step);
      assertEquals(again, newest(dir, warnings));
      if (!crashed) {
        assertTrue(operations > 25, "a save has more than " + operations + " operations");
        return;
      }
    }
  }

  @Test
  void thePreviousOneLoadsWhenTheDiskIsFullAtAnyOperation() {
    for (int operations = 0; ; operations++) {
      Path dir = folder.resolve("full-" + operations);
      Checkpoints.save(STORAGE, dir, 1);
      Limit limit = new Limit(operations, true);
      Storage storage = new InterceptedStorage(STORAGE, limit);
      try {
        Checkpoints.save(storage, dir, 2);
        return;
      } catch (TroupeException full) {
        String message = String.valueOf(full.getMessage());
        assertEquals(Category.RESOURCE, full.category());
        assertTrue(message.contains("No space left on device"), message);
        assertTrue(message.contains(limit.refused.getFirst().toString()), message);
        assertIntact(newest(dir, new ArrayList<>()), List.of(1L, 2L));
      }
    }
  }

  /** What must be on the disk before a name says that it is. */
  @Test
  void everythingIsDurableBeforeItIsNamed() {
    List<String> log = new ArrayList<>();
    Storage storage =
        new InterceptedStorage(
            STORAGE, (operation, path) -> log.add(operation + " " + path.getFileName()));
    Checkpoints.save(storage, folder, 2);
    int renamed = log.indexOf("RENAME step-00000002");
    for (String name :
        List.of("rank-00000.safetensors", "rank-00000.json", "rank-00001.json", "manifest.json")) {
      int forced = log.lastIndexOf("FORCE_FILE " + name);
      assertTrue(log.lastIndexOf("WRITE " + name) < forced && forced < renamed, log::toString);
    }
    int entriesForced = log.indexOf("FORCE_FOLDER step-00000002.e3.tmp");
    assertTrue(log.lastIndexOf("CREATE_FILE manifest.json") < entriesForced, log::toString);
    assertTrue(entriesForced < renamed, log::toString);
    int parentForced = log.indexOf("FORCE_FOLDER " + folder.getFileName());
    int latestForced = log.indexOf("FORCE_FILE latest.tmp");
    int latestRenamed = log.indexOf("RENAME latest");
    assertTrue(renamed < parentForced && parentForced < latestRenamed, log::toString);
    assertTrue(0 < latestForced && latestForced < latestRenamed, log::toString);
    assertTrue(
        latestRenamed < log.lastIndexOf("FORCE_FOLDER " + folder.getFileName()), log::toString);
  }

  @Test
  void pruningThatDiesLeavesNothingBroken() {
    for (int operations = 0; ; operations++) {
      Path dir = folder.resolve("prune-" + operations);
      for (long step = 1; step <= 3; step++) {
        Checkpoints.save(STORAGE, dir, step);
      }
      Limit limit = new Limit(operations, false);
      try {
        new CheckpointFolder(new InterceptedStorage(STORAGE, limit), dir).prune(1);
        assertTrue(operations > 4, "pruning has more than " + operations + " operations");
        return;
      } catch (Crash crash) {
        for (String name : new Disk(STORAGE).names(dir)) {
          if (StepName.parse(name).filter(StepName::loadable).isPresent()) {
            assertIntact(dir.resolve(name), List.of(1L, 2L, 3L));
          }
        }
      }
    }
  }

  private static boolean crashes(Path dir, long step, Limit limit) {
    try {
      Checkpoints.save(new InterceptedStorage(STORAGE, limit), dir, step);
      return false;
    } catch (Crash crash) {
      return true;
    }
  }

  private static void assertLatestNamesNothingBroken(Path dir, List<String> warnings) {
    // Nothing is ever damaged; at most the folder of the same step is about to be replaced.
    assertTrue(
        warnings.stream().allMatch(warning -> warning.contains("is missing")), warnings::toString);
    Path named = dir.resolve(read(dir.resolve("latest")).strip());
    if (warnings.isEmpty()) {
      assertEquals(named, newest(dir, warnings));
    } else {
      assertEquals(Path.of(named + ".old"), newest(dir, warnings));
    }
  }

  private static Path newest(Path dir, List<String> warnings) {
    return new CheckpointFolder(STORAGE, dir).newestValid(warnings::add).orElseThrow();
  }

  private static void assertIntact(Path checkpoint, List<Long> steps) {
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      reader.verify();
      long step = reader.info().step();
      assertTrue(steps.contains(step), () -> "step " + step);
      for (LogicalTensor tensor : Checkpoints.TENSORS) {
        assertArrayEquals(
            Checkpoints.expected(step, StateKind.EXP_AVG, tensor.whole()),
            Checkpoints.read(reader, StateKind.EXP_AVG, tensor.whole()));
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
