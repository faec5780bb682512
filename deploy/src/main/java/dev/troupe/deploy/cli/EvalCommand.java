package dev.troupe.deploy.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe eval}. */
@Command(
    name = "eval",
    description = "Measure a trained model's loss and perplexity over files.",
    footer = {"", "Example:", "  ./troupe eval --data held-out.txt other.jsonl --json"})
public final class EvalCommand implements Runnable {
  private final EvalJob job;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "FILE",
      description = "Texts, JSONL files or folders of them.")
  private List<Path> data = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /** The verb, with what evaluates. */
  public EvalCommand(EvalJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    Path from = checkpoint.path();
    List<EvalJob.FileLoss> files = job.run(new EvalJob.Request(from, data));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new GsonBuilder().setPrettyPrinting().create().toJson(tree(from, files)));
    } else {
      print(files, out);
    }
    out.flush();
  }

  private static EvalJob.FileLoss all(List<EvalJob.FileLoss> files) {
    long tokens = files.stream().mapToLong(EvalJob.FileLoss::tokens).sum();
    double sum = files.stream().mapToDouble(file -> file.loss() * file.tokens()).sum();
    return new EvalJob.FileLoss("all", tokens, sum / tokens);
  }

  private static void print(List<EvalJob.FileLoss> files, PrintWriter out) {
    out.printf("%10s  %10s  %12s  %s%n", "loss", "perplexity", "tokens", "file");
    files.forEach(file -> row(file, out));
    if (files.size() > 1) {
      row(all(files), out);
    }
  }

  private static void row(EvalJob.FileLoss file, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%10.4f  %10.3f  %,12d  %s%n",
        file.loss(),
        file.perplexity(),
        file.tokens(),
        file.file());
  }

  private static JsonObject tree(Path checkpoint, List<EvalJob.FileLoss> files) {
    JsonObject tree = tree(all(files));
    tree.remove("file");
    tree.addProperty("checkpoint", checkpoint.toString());
    JsonArray each = new JsonArray();
    files.forEach(file -> each.add(tree(file)));
    tree.add("files", each);
    return tree;
  }

  private static JsonObject tree(EvalJob.FileLoss file) {
    JsonObject tree = new JsonObject();
    tree.addProperty("file", file.file());
    tree.addProperty("loss", file.loss());
    tree.addProperty("perplexity", file.perplexity());
    tree.addProperty("tokens", file.tokens());
    return tree;
  }
}
