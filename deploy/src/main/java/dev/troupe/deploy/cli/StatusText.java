package dev.troupe.deploy.cli;

import dev.troupe.deploy.api.Printable;
import dev.troupe.deploy.api.RunStatus;
import dev.troupe.deploy.report.Words;
import dev.troupe.proto.message.RankSet;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A run's status for people. */
final class StatusText {
  private StatusText() {}

  /** Prints it; {@code now} tells for how long the run has been under way. */
  static void print(RunStatus status, Instant now, PrintWriter out) {
    out.println(Printable.of(status.run()) + ": " + status.state().name().toLowerCase(Locale.ROOT));
    row(out, "step", "%s", progress(status));
    RunStatus.LastStep last = status.lastStep();
    if (last != null) {
      row(
          out,
          "loss",
          "%.4f, gradient norm %.3f, learning rate %.2e",
          last.loss(),
          last.gradNorm(),
          last.lr());
      row(
          out,
          "speed",
          "%,.0f tokens/s, %.3f s a step (median %.3f s)",
          last.tokensPerSecond(),
          last.seconds(),
          last.medianSeconds());
    }
    RunStatus.Validation validation = status.validation();
    if (validation != null) {
      row(out, "validation", "%.4f after step %,d", validation.loss(), validation.step());
      for (RunStatus.SetLoss set : validation.sets()) {
        row(out, "", "%.4f on %s", set.loss(), Printable.of(set.name()));
      }
    }
    RunStatus.Checkpoint checkpoint = status.checkpoint();
    if (checkpoint != null) {
      row(out, "checkpoint", "%s", Printable.of(checkpoint.path()));
    }
    long failures = status.totals().checkpointFailures();
    if (failures > 0) {
      row(out, "warning", "%,d checkpoints could not be written", failures);
    }
    if (status.totals().recoveries().count() > 0) {
      row(out, "recoveries", "%s", status.totals().recoveries().words());
    }
    RunStatus.Mesh mesh = status.mesh();
    if (mesh != null) {
      row(
          out,
          "mesh",
          "tp %d x dp %d = %d ranks, epoch %d",
          mesh.tp(),
          mesh.dp(),
          mesh.ranks(),
          mesh.epoch());
    }
    status.nodes().forEach(node -> row(out, "node", "%s", words(node)));
    row(
        out,
        "running for",
        "%s",
        Words.duration(Duration.between(status.startedAt(), now).toMillis() / 1e3));
    RunStatus.End end = status.end();
    if (end != null) {
      row(out, "ended", "%s", Printable.of((end.outcome() + " " + end.message()).strip()));
    }
  }

  private static String progress(RunStatus status) {
    String text =
        String.format(
            Locale.ROOT,
            "%,d of %,d (%.0f%%)",
            status.step(),
            status.steps(),
            100.0 * status.step() / Math.max(1, status.steps()));
    Double eta = status.etaSeconds();
    return eta == null || status.state() != RunStatus.State.TRAINING
        ? text
        : text + ", " + Words.duration(eta) + " to go";
  }

  private static String words(RunStatus.Node node) {
    String ranks =
        node.ranks().isEmpty()
            ? "no ranks"
            : "ranks " + RankSet.of(node.ranks().stream().map(RunStatus.Rank::rank).toList());
    return Printable.of(node.name())
        + ": "
        + node.state().name().toLowerCase(Locale.ROOT)
        + ", "
        + node.devices()
        + (node.devices() == 1 ? " device, " : " devices, ")
        + ranks;
  }

  private static void row(PrintWriter out, String what, String format, Object... values) {
    out.printf(Locale.ROOT, "  %-12s ", what);
    out.printf(Locale.ROOT, format, values);
    out.println();
  }
}
