package dev.troupe.deploy.chaos.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A place in the protocol at which a fault can strike. */
public enum Moment {
  /** The step was ordered; its ranks compute. */
  COMPUTING("the step was ordered, ranks compute"),
  /** All ranks have prepared the step, and the coordinator is about to journal that. */
  PREPARED("all ranks have prepared it, nothing is journalled"),
  /** The step is journalled, and no rank was told. */
  JOURNALLED("it is journalled, no rank was told"),
  /** Ranks were told to commit. */
  COMMITTED("ranks were told to commit"),
  /** Ranks were told to leave the mesh. */
  REGROUPING("ranks were told to leave the mesh"),
  /** A new mesh was given out; its ranks start. */
  STARTING("a mesh was given out, its ranks start"),
  /** The folder of a checkpoint is made. */
  CHECKPOINT_BEGIN("the folder of a checkpoint is made"),
  /** Ranks write their files. */
  CHECKPOINT_WRITE("ranks write their files"),
  /** The list of files is written. */
  CHECKPOINT_MANIFEST("the list of files is written"),
  /** The checkpoint gets its name. */
  CHECKPOINT_RENAME("the checkpoint gets its name"),
  /** The file latest is replaced. */
  CHECKPOINT_LATEST("the file latest is replaced");

  private final String words;

  Moment(String words) {
    this.words = words;
  }

  /** As it stands in a plan. */
  public String written() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** Whether it is an operation on a checkpoint's files, which can find the disk full. */
  public boolean ofCheckpoint() {
    return compareTo(CHECKPOINT_BEGIN) >= 0;
  }

  /** Whether the coordinator's process does it, and not those of ranks. */
  public boolean coordinators() {
    return this != CHECKPOINT_WRITE;
  }

  /** All, as they stand in a plan. */
  public static List<String> all() {
    return Arrays.stream(values()).map(Moment::written).toList();
  }
}
