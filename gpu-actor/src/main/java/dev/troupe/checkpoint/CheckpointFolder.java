package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A run's checkpoints: {@code step-00001234}, {@code step-00001300}, ... and {@code latest}, which
 * names one of them. A save is {@link #begin}, then {@link ShardWriter} on every rank, then {@link
 * #publish}; until the last it is {@code step-00001300.tmp}, which no load looks at.
 *
 * <p>Whenever a process dies, the checkpoint published last before the save began still loads, and
 * what {@code latest} names is complete and durable. One thread of one process changes the folder;
 * any number may read it.
 */
public final class CheckpointFolder {
  /** The folder of a checkpoint that has its tokenizer's files, where the tokenizer has any. */
  public static final String TOKENIZER = "tokenizer";

  private final Storage storage;
  private final Disk disk;
  private final Path dir;
  private final LatestFile latest;

  /** A folder that need not exist yet. */
  public CheckpointFolder(Storage storage, Path dir) {
    this.storage = storage;
    this.disk = new Disk(storage);
    this.dir = dir;
    this.latest = new LatestFile(disk, dir);
  }

  /**
   * Starts a save: a fresh folder for the ranks' files. An unfinished save of the step by the same
   * mesh is deleted.
   *
   * @param epoch epoch of the mesh whose ranks write; of {@link CheckpointInfo}, too
   * @throws TroupeException where the folder cannot be made
   */
  public Path begin(long step, long epoch) {
    Path unfinished = path(StepName.unfinished(step, epoch));
    disk.createFolder(dir);
    disk.delete(unfinished);
    disk.createFolder(unfinished);
    return unfinished;
  }

  /**
   * Adds a file to the {@link #TOKENIZER} folder of a save that has begun.
   *
   * @throws TroupeException where it cannot be written
   */
  public void addTokenizerFile(long step, long epoch, String name, byte[] bytes) {
    Path folder = path(StepName.unfinished(step, epoch)).resolve(TOKENIZER);
    disk.createFolder(folder);
    disk.write(folder.resolve(name), bytes);
    disk.forceFolder(folder);
  }

  /**
   * Ends a save that all ranks have written: checks that it is complete, makes it durable, gives it
   * its name and makes {@code latest} name it.
   *
   * <p>{@code latest} never goes back: while it names a larger step that is intact, it stays, so
   * whoever returns to an earlier step must first delete the later ones. A published checkpoint of
   * the same step is replaced; it can be loaded until the new one can.
   *
   * @param ranks how many ranks have written
   * @param permission asked for when all is durable and nothing has its name yet; what it throws
   *     comes out, and the folder is as it was
   * @return the published checkpoint
   * @throws TroupeException naming what is missing or cannot be written; the checkpoints published
   *     before are untouched
   */
  public Path publish(long step, CheckpointInfo info, int ranks, Runnable permission) {
    if (info.step() != step) {
      throw new IllegalArgumentException(info + " is not of step " + step);
    }
    Path unfinished = path(StepName.unfinished(step, info.epoch()));
    new Publication(disk, unfinished).complete(info, ranks);
    permission.run();
    Path published = path(StepName.published(step));
    Path replaced = path(StepName.replaced(step));
    if (disk.namesIfThere(dir).contains(StepName.published(step).toString())) {
      disk.delete(replaced);
      disk.rename(published, replaced);
    }
    disk.rename(unfinished, published);
    disk.forceFolder(dir);
    if (!latestIsAhead(step)) {
      latest.write(StepName.published(step));
    }
    disk.delete(replaced);
    return published;
  }

  /** The same, where nobody has to be asked. */
  public Path publish(long step, CheckpointInfo info, int ranks) {
    return publish(step, info, ranks, () -> {});
  }

  private boolean latestIsAhead(long step) {
    return latest
        .read(disk.namesIfThere(dir), warning -> {})
        .filter(named -> named.step() > step)
        .filter(named -> damage(named).isEmpty())
        .isPresent();
  }

  /**
   * Deletes all but the newest checkpoints. What {@code latest} names stays in any case, and one
   * that is visibly damaged does not count as kept.
   *
   * @param keep how many to keep, at least 1
   */
  public void prune(int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("cannot keep " + keep + " checkpoints");
    }
    List<String> names = disk.namesIfThere(dir);
    Optional<StepName> named = latest.read(names, warning -> {});
    Set<Long> kept = new HashSet<>();
    for (StepName candidate : newestFirst(names)) {
      boolean superseded = kept.contains(candidate.step());
      if (kept.size() < keep && !superseded) {
        if (looksComplete(candidate)) {
          kept.add(candidate.step());
        }
      } else if (!named.equals(Optional.of(candidate))) {
        remove(candidate);
      }
    }
  }

  /**
   * Drops the unfinished save of a step by the mesh {@code epoch}, if there is one; published
   * checkpoints are untouched.
   */
  public void discard(long step, long epoch) {
    disk.delete(path(StepName.unfinished(step, epoch)));
  }

  /** Deletes what interrupted saves left behind. Not to be called during a save. */
  public void removeUnfinished() {
    latest.removeUnfinished();
    for (String name : disk.namesIfThere(dir)) {
      StepName.parse(name)
          .filter(step -> !step.loadable())
          .ifPresent(step -> disk.delete(path(step)));
    }
  }

  /**
   * The checkpoint to start from: what {@code latest} names, or else the newest other one, whose
   * every byte is as it was written. Changes nothing.
   *
   * @param warnings told of each damaged checkpoint passed over: the file and what is wrong with it
   * @return nothing where none was ever published, or there is no folder yet
   * @throws TroupeException where the folder cannot be read, or where checkpoints were published
   *     but none is valid: to start anew there would in time delete what may still be repaired
   */
  public Optional<Path> newestValid(Consumer<String> warnings) {
    return newestValid(Long.MAX_VALUE, warnings);
  }

  /** The same, of those of at most {@code most} steps. */
  public Optional<Path> newestValid(long most, Consumer<String> warnings) {
    List<String> names = disk.namesIfThere(dir);
    List<StepName> candidates = newestFirst(names);
    boolean published = LatestFile.isIn(names) || !candidates.isEmpty();
    candidates.removeIf(candidate -> candidate.step() > most);
    List<String> damaged = new ArrayList<>();
    latest
        .read(names, warnings)
        .ifPresent(
            named -> {
              if (candidates.remove(named)) {
                candidates.addFirst(named);
              } else if (named.step() <= most) {
                warnings.accept("Checkpoint " + path(named) + " is missing. Trying others.");
              }
            });
    for (StepName candidate : candidates) {
      Optional<TroupeException> damage = damage(candidate);
      if (damage.isEmpty()) {
        return Optional.of(path(candidate));
      }
      damaged.add(String.valueOf(damage.get().getMessage()));
      warnings.accept("Passed over " + path(candidate) + ": " + damaged.getLast());
    }
    if (published) {
      throw noneValid(damaged);
    }
    return Optional.empty();
  }

  private TroupeException noneValid(List<String> damaged) {
    return TroupeException.data(
        "No checkpoint in %s can be loaded. %s To start anew, give another run.name, or move that folder away."
            .formatted(
                dir,
                damaged.isEmpty()
                    ? "Put back what " + latest.file() + " names."
                    : damaged.getFirst()));
  }

  /**
   * The checkpoint that a path of a user means: a checkpoint stands for itself, a folder of them
   * for its newest valid one.
   *
   * @param warnings told of damaged checkpoints passed over
   * @throws TroupeException where there is none, or the one given is damaged, naming the file
   */
  public static Path resolve(Path given, Consumer<String> warnings) {
    Storage storage = new FileStorage();
    Path name = given.toAbsolutePath().normalize().getFileName();
    boolean isCheckpoint =
        new Disk(storage).names(given).contains(Manifest.NAME)
            || StepName.parse(String.valueOf(name)).isPresent();
    if (isCheckpoint) {
      try (CheckpointReader reader = CheckpointReader.open(storage, given)) {
        reader.verify();
      }
      return given;
    }
    return new CheckpointFolder(storage, given)
        .newestValid(warnings)
        .orElseThrow(
            () ->
                TroupeException.data(
                    given
                        + " holds no valid checkpoint. Give a folder with step-... folders in it,"
                        + " or one of those."));
  }

  private Optional<TroupeException> damage(StepName name) {
    try (CheckpointReader reader = CheckpointReader.open(storage, path(name))) {
      reader.verify();
      return Optional.empty();
    } catch (TroupeException damage) {
      return Optional.of(damage);
    }
  }

  private boolean looksComplete(StepName name) {
    try (CheckpointReader reader = CheckpointReader.open(storage, path(name))) {
      reader.requireSizes();
      return true;
    } catch (TroupeException damage) {
      return false;
    }
  }

  /** Renames first, so that dying half-way leaves no half of a checkpoint under a good name. */
  private void remove(StepName name) {
    Path unfinished = path(StepName.unfinished(name.step(), 0));
    disk.delete(unfinished);
    disk.rename(path(name), unfinished);
    disk.delete(unfinished);
  }

  private static List<StepName> newestFirst(List<String> names) {
    List<StepName> steps = new ArrayList<>();
    names.forEach(name -> StepName.parse(name).filter(StepName::loadable).ifPresent(steps::add));
    steps.sort(Comparator.comparingLong(StepName::step).reversed().thenComparing(StepName::stage));
    return steps;
  }

  private Path path(StepName name) {
    return dir.resolve(name.toString());
  }
}
