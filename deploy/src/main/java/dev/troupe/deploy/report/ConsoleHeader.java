package dev.troupe.deploy.report;

import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.train.MemoryPlan;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a run is, in a few aligned lines. */
final class ConsoleHeader {
  private ConsoleHeader() {}

  static void print(JobSpec job, MemoryPlan memory, PrintWriter out) {
    ModelSpec model = job.model();
    row(
        out,
        "model",
        "%s: %s parameters, %d layers, hidden %d, %d heads (%d KV), ffn %d, vocab %,d",
        model.preset(),
        Words.count(model.parameters()),
        model.layers(),
        model.hidden(),
        model.heads(),
        model.kvHeads(),
        model.ffn(),
        model.vocab());
    ParallelSpec parallel = job.parallel();
    row(
        out,
        "mesh",
        "tp %d x dp %d = %d ranks%s, %d virtual shards, %s reduction",
        parallel.tp(),
        parallel.dp(),
        parallel.worldSize(),
        parallel.sequence() ? ", sequence parallel" : "",
        parallel.virtualShards(),
        lower(parallel.reduction()));
    row(out, "memory", "%s a rank", ByteSize.text(memory.total()));
    long tokens = (long) job.train().globalBatch() * job.train().seqLength();
    row(
        out,
        "step",
        "%d x %d = %,d tokens, micro-batch %d, %s on %s",
        job.train().globalBatch(),
        job.train().seqLength(),
        tokens,
        job.train().microBatch(),
        lower(job.precision()),
        job.device());
    row(
        out,
        "data",
        "%s, %s order%s",
        data(job.data()),
        lower(job.data().order()),
        job.data().documentMask() ? ", documents do not see each other" : "");
    row(
        out,
        "checkpoints",
        job.checkpoint().every() == 0 ? "%s, at the end" : "%s, every %,d steps",
        job.checkpoint().dir(),
        job.checkpoint().every());
  }

  private static String data(DataSpec data) {
    if (!data.blend().isEmpty()) {
      double all = data.blend().sources().stream().mapToDouble(BlendSpec.Source::weight).sum();
      return data.blend().sources().stream()
          .map(each -> "%s %.1f%%".formatted(each.name(), 100 * each.weight() / all))
          .collect(Collectors.joining(", "));
    }
    return data.path() == null
        ? String.format(
            Locale.ROOT,
            "%s, %,d people x %,d",
            data.source(),
            data.bios().people(),
            data.bios().biographies())
        : data.path();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void row(PrintWriter out, String what, String format, Object... values) {
    out.printf(Locale.ROOT, "  %-12s ", what);
    out.printf(Locale.ROOT, format, values);
    out.println();
  }
}
