package dev.troupe.deploy.api;

import com.google.gson.annotations.SerializedName;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.deploy.report.Recoveries;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A run at one moment. As JSON ({@link StatusJson}) its names, in snake case, are a contract with
 * tools.
 *
 * @param run name of the run
 * @param state what it is at
 * @param step committed steps, those before a resume included
 * @param steps steps of the whole run; 0 before the mesh is planned
 * @param lastStep the last committed step; null before the first one of this process
 * @param etaSeconds remaining time of the training; null before the first step
 * @param mesh null before it is planned
 * @param nodes all that have joined, by name
 * @param checkpoint the last one published; null where there is none yet
 * @param validation the last one; null where there is none yet
 * @param startedAt when the process took up the run
 * @param totals sums since then
 * @param end how the run ended; null until then
 */
public record RunStatus(
    String run,
    State state,
    long step,
    long steps,
    @Nullable LastStep lastStep,
    @Nullable Double etaSeconds,
    @Nullable Mesh mesh,
    List<Node> nodes,
    @Nullable Checkpoint checkpoint,
    @Nullable Validation validation,
    Instant startedAt,
    Totals totals,
    @Nullable End end) {

  /** Copies the list, and checks that what is always known is there. */
  public RunStatus {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(startedAt, "startedAt");
    Objects.requireNonNull(totals, "totals");
    nodes = List.copyOf(nodes);
  }

  /** What a run is at. */
  public enum State {
    /** Waits for nodes. */
    @SerializedName("gathering")
    GATHERING,
    /** Another mesh is made. */
    @SerializedName("regrouping")
    REGROUPING,
    /** Ranks allocate and load. */
    @SerializedName("starting")
    STARTING,
    @SerializedName("training")
    TRAINING,
    /** All steps are done; the last checkpoint is being written. */
    @SerializedName("saving")
    SAVING,
    /** Was asked to end, and finishes its step and saves. */
    @SerializedName("stopping")
    STOPPING,
    @SerializedName("finished")
    FINISHED
  }

  /**
   * A committed step.
   *
   * @param loss mean cross-entropy in nats a token; may be NaN
   * @param lr learning rate
   * @param gradNorm global gradient norm before clipping
   * @param tokens target tokens of the step
   * @param tokensPerSecond of this step
   * @param seconds its wall time
   * @param medianSeconds median of the latest steps' wall times
   */
  public record LastStep(
      double loss,
      double lr,
      double gradNorm,
      long tokens,
      double tokensPerSecond,
      double seconds,
      double medianSeconds) {}

  /** The mesh: its epoch and widths. */
  public record Mesh(long epoch, int dp, int tp) {
    /** Number of ranks. */
    public int ranks() {
      return dp * tp;
    }
  }

  /**
   * A node that has joined.
   *
   * @param name its name
   * @param state what it does
   * @param devices number of devices it offers
   * @param ranks its ranks in the mesh, with the device of each
   */
  public record Node(String name, Presence state, long devices, List<Rank> ranks) {
    /** Copies the list. */
    public Node {
      ranks = List.copyOf(ranks);
    }
  }

  /** What a node does. */
  public enum Presence {
    /** It has ranks. */
    @SerializedName("training")
    TRAINING,
    /** It is there, and has none. */
    @SerializedName("spare")
    SPARE,
    /** It was asked to leave. */
    @SerializedName("leaving")
    LEAVING,
    @SerializedName("lost")
    LOST
  }

  /** A rank and the index of its device on its node. */
  public record Rank(int rank, int device) {}

  /** A published checkpoint: its step, its folder, and how long it took. */
  public record Checkpoint(long step, String path, double seconds) {}

  /** The held-out loss after a step, and those of the job's named sets. */
  public record Validation(long step, double loss, double seconds, List<SetLoss> sets) {
    /** Copies the list. */
    public Validation {
      sets = List.copyOf(sets);
    }
  }

  /** The held-out loss of a named set; may be NaN. */
  public record SetLoss(String name, double loss) {}

  /**
   * Sums since the process took up the run.
   *
   * @param steps committed steps; after a recovery some were done twice
   * @param tokens target tokens of those
   * @param checkpoints published ones
   * @param checkpointFailures checkpoints that could not be written
   * @param recoveries how often the run went on after a failure
   * @param stepSeconds distribution of the steps' wall times
   */
  public record Totals(
      long steps,
      long tokens,
      long checkpoints,
      long checkpointFailures,
      Recoveries recoveries,
      Histogram stepSeconds) {
    static final Totals NONE = new Totals(0, 0, 0, 0, Recoveries.NONE, Histogram.EMPTY);

    Totals step(long stepTokens, double seconds) {
      return new Totals(
          steps + 1,
          tokens + stepTokens,
          checkpoints,
          checkpointFailures,
          recoveries,
          stepSeconds.plus(seconds));
    }

    Totals checkpoint() {
      return new Totals(
          steps, tokens, checkpoints + 1, checkpointFailures, recoveries, stepSeconds);
    }

    Totals checkpointFailure() {
      return new Totals(
          steps, tokens, checkpoints, checkpointFailures + 1, recoveries, stepSeconds);
    }

    Totals recovered(RunEvent event) {
      return new Totals(
          steps, tokens, checkpoints, checkpointFailures, recoveries.plus(event), stepSeconds);
    }
  }

  /**
   * How a run ended.
   *
   * @param outcome {@code completed}, {@code stopped}, {@code aborted} or {@code failed}
   * @param exitCode its process exit code
   * @param message what went wrong, or who stopped it; may be empty
   */
  public record End(String outcome, int exitCode, String message) {}
}
