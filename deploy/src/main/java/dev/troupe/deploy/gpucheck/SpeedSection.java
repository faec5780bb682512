package dev.troupe.deploy.gpucheck;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;

/**
 * f: training steps of two models beside PyTorch, and each kernel against its floor. What speed is
 * asked for holds for one H200.
 *
 * @param runs starts the benchmark
 * @param python the Python that may have PyTorch
 * @param gpu name of the GPU
 * @param small whether this is a device that such models do not fit on
 */
record SpeedSection(Runs runs, String python, String gpu, boolean small) implements Section {
  private static final double RATIO = 1.15;
  private static final double MFU_7B = 0.60;
  private static final int MICRO_BATCHES = 4;

  @Override
  public char name() {
    return 'f';
  }

  @Override
  public String title() {
    return "speed: models beside PyTorch, kernels against their floors";
  }

  @Override
  public void run(Report report) throws InterruptedException {
    if (small) {
      report.skipped("speed", "these sizes are for large GPUs; leave out --small");
      return;
    }
    model("7B at 4096", MFU_7B, bench("llama2-7b", 4096, 1, true), report);
    model("1.1B at 2048", 0, bench("tinyllama-1b", 2048, 8, false), report);
  }

  private Run bench(String preset, int length, int microBatch, boolean kernels)
      throws InterruptedException {
    return runs.program(
            "f-" + preset,
            List.of(
                "bench",
                "gpu",
                "--json",
                "--preset=" + preset,
                "--seq-length=" + length,
                "--micro-batch=" + microBatch,
                "--micro-batches=" + MICRO_BATCHES,
                kernels ? "--kernels" : "--no-kernels",
                "--python=" + python))
        .succeeded();
  }

  private void model(String name, double leastMfu, Run run, Report report) {
    JsonObject figures = JsonParser.parseString(run.lastLine()).getAsJsonObject();
    boolean goals = gpu.contains("H200");
    report.figure(name, figures.get("tokens_per_second").getAsDouble(), "tokens/s");
    JsonElement mfu = figures.get("mfu");
    if (!mfu.isJsonNull()) {
      report.atLeast(
          name + ", share of the GPU's peak", mfu.getAsDouble(), goals ? leastMfu : 0, "");
    }
    if (figures.has("ratio")) {
      JsonObject theirs = figures.getAsJsonObject("pytorch");
      report.figure(name + ", PyTorch", theirs.get("tokens_per_second").getAsDouble(), "tokens/s");
      report.atLeast(
          name + ", times PyTorch", figures.get("ratio").getAsDouble(), goals ? RATIO : 0, "");
    } else {
      String why =
          figures.has("pytorch_error")
              ? figures.get("pytorch_error").getAsString()
              : python + " has no PyTorch that finds the GPU";
      report.skipped(name + ", PyTorch", why);
    }
    if (figures.has("kernels")) {
      for (JsonElement line : figures.getAsJsonArray("kernels")) {
        kernel(line.getAsJsonObject(), report);
      }
    }
  }

  private static void kernel(JsonObject line, Report report) {
    boolean memory = line.has("bytes_per_second");
    double perSecond = line.get(memory ? "bytes_per_second" : "flops_per_second").getAsDouble();
    String name = line.get("kernel").getAsString();
    report.figure(name, perSecond * 1e-12, memory ? "TB/s" : "TFLOP/s");
    report.figure(name + ", of its floor", 100 * line.get("share").getAsDouble(), "%");
  }
}
