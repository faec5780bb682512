package dev.troupe.deploy.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A small model that knows a text by heart, with bytes as tokens, so that characters are spread
 * over several.
 *
 * @param program called from the folder that the model is in
 */
record Verse(Program program) {
  private static final long LIMIT_SECONDS = 300;

  /** What it says again and again. */
  static final String TEXT = "日本語 é🙂. ";

  /** Most tokens of a sequence: enough to wait long for them. */
  static final int POSITIONS = 16_384;

  static Verse learn(Path folder) throws IOException {
    Program program = new Program(folder);
    Path text = Files.writeString(folder.resolve("verse.txt"), TEXT.repeat(500));
    program
        .train(
            "data.path=" + text,
            "data.validation.every=0",
            "model.max-seq=" + POSITIONS,
            "train.steps=60",
            "train.warmup=5",
            "train.lr=1e-2",
            "checkpoint.every=60")
        .succeeded();
    return new Verse(program);
  }

  Path folder() {
    return program.folder();
  }

  private String checkpoints() {
    return "--checkpoint=" + program.files().checkpoints();
  }

  /** Generates in this process, always the likeliest token. */
  Outcome generate(String... options) {
    return sample(0, options);
  }

  /** Generates in this process. */
  Outcome sample(double temperature, String... options) {
    return Program.call(
        Stream.concat(
                Stream.of("generate", checkpoints(), "--top-p=1", "--temperature=" + temperature),
                Arrays.stream(options))
            .toArray(String[]::new));
  }

  /** The text that follows a prompt, when nothing else is generated. */
  String after(String prompt, int tokens) {
    return generate("--prompt=" + prompt, "--max-tokens=" + tokens, "--no-echo")
        .succeeded()
        .out()
        .stripTrailing();
  }

  /** Starts a verb about the model in a child process. */
  Child start(String verb, String... options) throws IOException {
    return program.start(
        Map.of(),
        List.of(),
        LIMIT_SECONDS,
        Stream.concat(Stream.of(verb, checkpoints()), Arrays.stream(options))
            .toArray(String[]::new));
  }
}
