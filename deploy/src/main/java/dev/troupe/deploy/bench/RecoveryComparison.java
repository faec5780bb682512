package dev.troupe.deploy.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.coordinator.journal.FileJournal;
import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.deploy.process.ProcessEnd;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.JournalRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code bench recovery}: what being able to recover costs a step. Two nodes with a worker process
 * each train by turns with copies of the optimizer's state and comparison of replicas, and without;
 * what a commit takes in the journal, which cannot be left out, is measured by itself and added.
 *
 * @param program main class of the program
 * @param request what is measured
 * @param out where figures go
 */
record RecoveryComparison(Class<?> program, BenchJob.Recovery request, PrintWriter out) {
  private static final int APPENDS = 500;
  private static final List<String> JOB =
      List.of(
          "log.every=1000",
          "model.hidden=256",
          "model.layers=8",
          "model.heads=8",
          "model.kv-heads=8",
          "model.ffn=688",
          "model.max-seq=256",
          "train.seq-length=256",
          "train.global-batch=16",
          "parallel.tp=1",
          "parallel.dp=2",
          "data.validation.every=0",
          "checkpoint.every=0",
          "worker.devices-per-process=1");
  private static final List<String> OFF = List.of("elastic.copies=false", "integrity.every=0");

  void run() {
    try {
      Path folder = Files.createTempDirectory("troupe-bench-recovery-");
      double journal = journal(folder.resolve("journal"));
      List<Double> on = new ArrayList<>();
      List<Double> off = new ArrayList<>();
      for (int round = 1; round <= request.rounds(); round++) {
        off.add(round(folder, "off-" + round, OFF));
        on.add(round(folder, "on-" + round, List.of()));
        out.printf(
            Locale.ROOT,
            "  round %d  off %,.1f ms  on %,.1f ms a step%n",
            round,
            off.getLast() * 1e3,
            on.getLast() * 1e3);
        out.flush();
      }
      double with = median(on) + journal;
      out.printf(
          Locale.ROOT,
          "recovery  off %,.1f ms  on %,.1f ms a step  journal %,.3f ms a commit  ratio %.3f%n",
          median(off) * 1e3,
          median(on) * 1e3,
          journal * 1e3,
          with / median(off));
      out.printf("files are in %s%n", folder);
    } catch (IOException e) {
      throw TroupeException.resource("bench recovery: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Median seconds of a commit in a journal. */
  private static double journal(Path file) {
    List<Double> seconds = new ArrayList<>();
    try (FileJournal journal = new FileJournal(file)) {
      JournalRecord opened = journal.open().toCompletableFuture().join();
      for (int i = 1; i <= APPENDS; i++) {
        JournalRecord next =
            new JournalRecord(
                opened.term(), opened.epoch(), i, 0, null, 0, null, List.of("node-0", "node-1"));
        long began = System.nanoTime();
        journal.append(next).toCompletableFuture().join();
        seconds.add((System.nanoTime() - began) / 1e9);
      }
    }
    return median(seconds);
  }

  /** Median seconds of a step of a run of its own. */
  private double round(Path folder, String name, List<String> settings)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("launch", "--nodes=2", "--ranks-per-node=1"));
    arguments.addAll(JOB);
    arguments.add("run.name=" + name);
    arguments.add("train.steps=" + (request.warmup() + request.steps()));
    arguments.addAll(settings);
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(JavaCommand.of(program, List.of(), arguments))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (process.waitFor() != 0) {
      throw TroupeException.peer(
          "the run %s %s%s"
              .formatted(name, ProcessEnd.words(process.exitValue()), ProcessEnd.lastWords(log)));
    }
    List<Double> seconds = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("runs/" + name + "/metrics.jsonl"))) {
      JsonObject step = JsonParser.parseString(line).getAsJsonObject();
      if (step.get("step").getAsLong() > request.warmup()) {
        seconds.add(step.get("step_seconds").getAsDouble());
      }
    }
    return median(seconds);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
