package dev.troupe.deploy.cli;

import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.spec.Precision;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe export}. */
@Command(
    name = "export",
    description = {
      "Write a checkpoint as a model that Hugging Face's transformers reads.",
      "",
      "A LlamaForCausalLM: safetensors files, config.json, generation_config.json, and the",
      "tokenizer's files where the checkpoint has some."
    },
    footer = {
      "",
      "Example:",
      "  ./troupe export --checkpoint runs/mine/checkpoints --out mine-hf --dtype bf16",
      "",
      "  In Python: AutoModelForCausalLM.from_pretrained(\"mine-hf\")"
    })
public final class ExportCommand implements Runnable {
  private final ExportJob job;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "HF_DIR",
      description = "Folder to make. It must be new or empty.")
  private Path out = Path.of("");

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      defaultValue = "5GB",
      description = "Largest size of a file, such as 900MB or 2GiB. Default: ${DEFAULT-VALUE}.")
  private String shardSize = "";

  @Option(
      names = "--dtype",
      paramLabel = "fp32|bf16",
      defaultValue = "fp32",
      description = "Type of the weights. fp32 is exact, bf16 rounds. Default: ${DEFAULT-VALUE}.")
  private Precision dtype = Precision.FP32;

  /** The verb, with what exports. */
  public ExportCommand(ExportJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    long bytes = ByteSize.parse("--shard-size", shardSize);
    job.run(
        new ExportJob.Request(checkpoint.path(), out, bytes, dtype), spec.commandLine().getOut());
  }
}
