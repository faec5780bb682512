package dev.troupe.deploy.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe import}. */
@Command(
    name = "import",
    description = {
      "Make a checkpoint from a model of Hugging Face.",
      "",
      "Takes what save_pretrained of transformers writes: config.json and safetensors files, one",
      "or many, in fp32, bf16 or fp16. LLaMA 1, 2, 3 and 3.1, and Mistral up to its window.",
      "The weights become float32 master weights without loss; training starts at step 0."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe import --from Llama-3.2-1B --out imported/llama",
      "  ./troupe generate --checkpoint imported/llama --prompt \"Once upon a time\"",
      "  ./troupe train checkpoint.from=imported/llama data.path=my-texts run.name=mine"
    })
public final class ImportCommand implements Runnable {
  private final ImportJob job;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "HF_DIR",
      description = "Folder with config.json and the safetensors files.")
  private Path from = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of checkpoints to make. It must be new or empty.")
  private Path out = Path.of("");

  @Option(
      names = "--tokenizer",
      paramLabel = "NAME",
      description = {
        "The model's tokenizer: a tokenizer.json, a SentencePiece .model, or bytes.",
        "Default: the one in HF_DIR; bytes where it has none."
      })
  private @Nullable String tokenizer;

  /** The verb, with what imports. */
  public ImportCommand(ImportJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    job.run(new ImportJob.Request(from, out, tokenizer), spec.commandLine().getOut());
  }
}
