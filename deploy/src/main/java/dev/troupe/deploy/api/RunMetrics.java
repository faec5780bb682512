package dev.troupe.deploy.api;

import dev.troupe.deploy.api.RunStatus.Presence;
import dev.troupe.deploy.api.RunStatus.State;
import dev.troupe.deploy.report.Recoveries;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run's status as Prometheus metrics; the names are a contract with dashboards. */
final class RunMetrics {
  private static final String GAUGE = "gauge";
  private static final String COUNTER = "counter";

  private RunMetrics() {}

  static String text(RunStatus status) {
    PrometheusText out = new PrometheusText(Map.of("run", status.run()));
    state(status, out);
    gauge(out, "troupe_step", "Committed steps.", status.step());
    gauge(out, "troupe_steps_planned", "Steps of the whole run.", status.steps());
    RunStatus.LastStep last = status.lastStep();
    if (last != null) {
      gauge(out, "troupe_loss", "Mean cross-entropy of the last step, nats a token.", last.loss());
      gauge(out, "troupe_gradient_norm", "Global norm before clipping.", last.gradNorm());
      gauge(out, "troupe_learning_rate", "Learning rate of the last step.", last.lr());
      gauge(out, "troupe_tokens_per_second", "Speed of the last step.", last.tokensPerSecond());
    }
    if (status.etaSeconds() != null) {
      gauge(out, "troupe_eta_seconds", "Remaining time of the training.", status.etaSeconds());
    }
    totals(status.totals(), out);
    mesh(status, out);
    RunStatus.Checkpoint checkpoint = status.checkpoint();
    if (checkpoint != null) {
      gauge(out, "troupe_checkpoint_step", "Step of the last checkpoint.", checkpoint.step());
      gauge(out, "troupe_checkpoint_seconds", "How long the last one took.", checkpoint.seconds());
    }
    RunStatus.Validation validation = status.validation();
    if (validation != null) {
      gauge(out, "troupe_validation_loss", "Held-out loss, nats a token.", validation.loss());
      gauge(out, "troupe_validation_step", "Step of the last validation.", validation.step());
      sets(validation.sets(), out);
    }
    ProcessMetrics.append(out);
    return out.text();
  }

  private static void sets(List<RunStatus.SetLoss> sets, PrometheusText out) {
    if (!sets.isEmpty()) {
      String name = "troupe_validation_set_loss";
      out.metric(name, GAUGE, "Held-out loss of a named set, nats a token.");
      sets.forEach(set -> out.sample(name, Map.of("set", set.name()), set.loss()));
    }
  }

  private static void state(RunStatus status, PrometheusText out) {
    out.metric("troupe_state", GAUGE, "1 for the state the run is in, 0 for the others.");
    for (State each : State.values()) {
      out.sample(
          "troupe_state",
          Map.of("state", each.name().toLowerCase(Locale.ROOT)),
          each == status.state() ? 1 : 0);
    }
    gauge(
        out,
        "troupe_started_timestamp_seconds",
        "When the process took up the run, in Unix time.",
        status.startedAt().toEpochMilli() / 1e3);
  }

  private static void totals(RunStatus.Totals totals, PrometheusText out) {
    counter(out, "troupe_steps_total", "Steps committed by this process.", totals.steps());
    counter(out, "troupe_tokens_total", "Target tokens of those steps.", totals.tokens());
    counter(out, "troupe_checkpoints_total", "Checkpoints published.", totals.checkpoints());
    counter(
        out,
        "troupe_checkpoint_failures_total",
        "Checkpoints that could not be written.",
        totals.checkpointFailures());
    Recoveries recoveries = totals.recoveries();
    counter(out, "troupe_recoveries_total", "Failures that the run outlived.", recoveries.count());
    counter(
        out,
        "troupe_recomputed_steps_total",
        "Steps computed again after them.",
        recoveries.stepsRecomputed());
    if (recoveries.count() > 0) {
      gauge(
          out,
          "troupe_last_recovery_seconds",
          "From the last commit before a failure to the next one.",
          recoveries.lastSeconds());
    }
    histogram(totals.stepSeconds(), out);
  }

  private static void histogram(Histogram seconds, PrometheusText out) {
    String name = "troupe_step_seconds";
    out.metric(name, "histogram", "Wall time of a step.");
    long below = 0;
    for (int i = 0; i < Histogram.BOUNDS.size(); i++) {
      below += seconds.counts().get(i);
      String bound = PrometheusText.number(Histogram.BOUNDS.get(i));
      out.sample(name + "_bucket", Map.of("le", bound), below);
    }
    out.sample(name + "_bucket", Map.of("le", "+Inf"), seconds.count());
    out.sample(name + "_sum", seconds.sum());
    out.sample(name + "_count", seconds.count());
  }

  private static void mesh(RunStatus status, PrometheusText out) {
    RunStatus.Mesh mesh = status.mesh();
    if (mesh != null) {
      gauge(out, "troupe_mesh_epoch", "Mesh epoch.", mesh.epoch());
      gauge(out, "troupe_mesh_dp", "Data-parallel width.", mesh.dp());
      gauge(out, "troupe_mesh_tp", "Tensor-parallel width.", mesh.tp());
      gauge(out, "troupe_ranks", "Ranks of the mesh.", mesh.ranks());
    }
    out.metric("troupe_nodes", GAUGE, "Nodes that have joined, by what they do.");
    for (Presence each : Presence.values()) {
      long nodes = status.nodes().stream().filter(node -> node.state() == each).count();
      out.sample("troupe_nodes", Map.of("state", each.name().toLowerCase(Locale.ROOT)), nodes);
    }
  }

  private static void gauge(PrometheusText out, String name, String help, double value) {
    out.metric(name, GAUGE, help).sample(name, value);
  }

  private static void counter(PrometheusText out, String name, String help, double value) {
    out.metric(name, COUNTER, help).sample(name, value);
  }
}
