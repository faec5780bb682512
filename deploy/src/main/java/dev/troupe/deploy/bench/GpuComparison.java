package dev.troupe.deploy.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.deploy.lab.Gpu;
import dev.troupe.deploy.lab.GpuLab;
import dev.troupe.deploy.lab.Lab;
import dev.troupe.deploy.report.ModelFlops;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code bench gpu}: training steps of a model on one GPU, PyTorch's beside them, and each kernel
 * against its floor. One has the GPU at a time.
 *
 * @param request what is measured
 * @param out where figures go
 */
record GpuComparison(BenchJob.Gpu request, PrintWriter out) {
  private static final String SCRIPT = "bench_gpu_peer.py";
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  void run() {
    GpuStep step = new GpuStep(request);
    JobSpec job = step.job();
    Gpu gpu = Gpu.find(Optional.empty());
    JsonObject figures = new JsonObject();
    figures.addProperty("gpu", gpu.info().name());
    figures.addProperty("preset", request.preset());
    figures.addProperty("parameters", job.model().parameters());
    figures.addProperty("seq_length", job.train().seqLength());
    figures.addProperty("sequences", job.train().globalBatch());
    say(
        "%s, %,d parameters, %d x %d tokens a step, %s",
        request.preset(),
        job.model().parameters(),
        job.train().globalBatch(),
        job.train().seqLength(),
        gpu.info().name());
    StepBenchmark.Result ours = StepBenchmark.run(job, request.warmup(), request.steps());
    double speed = ours.tokensPerSecond();
    say("  troupe   %,.0f tokens/s, loss %.3f to %.3f", speed, ours.firstLoss(), ours.lastLoss());
    figures.addProperty("tokens_per_second", speed);
    mfu(job, gpu, speed, figures);
    peer(step.peerArguments(job), speed, figures);
    if (request.kernels()) {
      figures.add("kernels", kernels(gpu, job));
    }
    if (request.json()) {
      out.println(GSON.toJson(figures));
    }
    out.flush();
  }

  private void mfu(JobSpec job, Gpu gpu, double speed, JsonObject figures) {
    OptionalDouble peak = ModelFlops.peak(gpu.info().name());
    double flops = ModelFlops.perToken(job.model(), job.train().seqLength()) * speed;
    figures.addProperty("mfu", peak.isPresent() ? flops / peak.getAsDouble() : null);
    if (peak.isPresent()) {
      say("           %.1f%% of the GPU's peak", 100 * flops / peak.getAsDouble());
    }
  }

  private void peer(List<String> arguments, double ours, JsonObject figures) {
    Optional<PythonScript> script = PythonScript.find(request.python(), SCRIPT);
    if (!request.peer() || script.isEmpty()) {
      return;
    }
    try {
      Optional<JsonObject> theirs = script.get().run(arguments);
      if (theirs.isPresent()) {
        double speed = theirs.get().get("tokens_per_second").getAsDouble();
        say("  pytorch  %,.0f tokens/s: %.2fx", speed, ours / speed);
        figures.add("pytorch", theirs.get());
        figures.addProperty("ratio", ours / speed);
      }
    } catch (IOException e) {
      say("  pytorch  %s", String.valueOf(e.getMessage()));
      figures.addProperty("pytorch_error", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JsonArray kernels(Gpu gpu, JobSpec job) {
    JsonArray lines = new JsonArray();
    int length = job.train().seqLength();
    int tokens = job.train().microBatch() * length;
    long bytes = GpuKernelTable.bytes(job.model(), tokens);
    try (Lab<CudaDevice> lab = GpuLab.open(gpu, bytes, GpuLab.Products.MEASURED)) {
      GpuKernelTable table = new GpuKernelTable(lab.device(), lab.kernels());
      for (KernelLine.Figures line : table.run(job.model(), tokens, length)) {
        lines.add(tree(line));
        say(
            "  %-40s %9.1f us  %7.2f %s  %3.0f%%",
            line.name(),
            line.seconds() * 1e6,
            line.perSecond() * 1e-12,
            line.memory() ? "TB/s   " : "TFLOP/s",
            100 * line.share());
      }
    }
    return lines;
  }

  private static JsonObject tree(KernelLine.Figures line) {
    JsonObject tree = new JsonObject();
    tree.addProperty("kernel", line.name());
    tree.addProperty("seconds", line.seconds());
    tree.addProperty(line.memory() ? "bytes_per_second" : "flops_per_second", line.perSecond());
    tree.addProperty("share", line.share());
    return tree;
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
