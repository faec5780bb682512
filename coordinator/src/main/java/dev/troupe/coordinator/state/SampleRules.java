package dev.troupe.coordinator.state;

import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.SamplesRecord.Sample;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.RankSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The texts that the model writes after some steps. The next step waits for them, as it does for a
 * validation; a mesh that ends takes those under way with it, and no step is held up by them.
 */
final class SampleRules {
  private SampleRules() {}

  /** Whether a text is due after a step. */
  static boolean due(Turn turn, long step, long steps) {
    return turn.settings.job().samples().due(step, steps);
  }

  /** They are ordered. */
  static void begin(Turn turn, long step) {
    turn.state =
        turn.state.with(new RunState.Sampling(step, turn.now, RankSet.none(), new TreeMap<>()));
  }

  static void sampled(Turn turn, NodeSampled report) {
    RunState.Sampling sampling = turn.state.sampling();
    MeshEpoch mesh = turn.state.phase().mesh();
    if (sampling == null || mesh == null || report.step() != sampling.step()) {
      return;
    }
    RunState.Sampling more = sampling.plus(report.ranks(), report.texts());
    if (more.ranks().size() < mesh.size()) {
      turn.state = turn.state.with(more);
      return;
    }
    turn.state = turn.state.with((RunState.Sampling) null);
    turn.report(
        new SamplesRecord(
            more.step(),
            samples(turn, more.texts()),
            turn.since(more.began()),
            mesh.fence().epoch()));
    StepRules.goOn(turn, mesh);
  }

  private static List<Sample> samples(Turn turn, SortedMap<Integer, String> texts) {
    List<String> prompts = turn.settings.job().samples().prompts();
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      samples.add(new Sample(prompts.get(i), texts.getOrDefault(i, "")));
    }
    return samples;
  }
}
