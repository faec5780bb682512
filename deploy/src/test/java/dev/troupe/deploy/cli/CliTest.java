package dev.troupe.deploy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.deploy.host.HostMemory;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<JobSpec> trained = new ArrayList<>();
  private final List<GenerateJob.Request> generated = new ArrayList<>();
  private final List<ServeJob.Request> served = new ArrayList<>();
  private boolean interrupted;
  private final List<BenchJob.Request> measured = new ArrayList<>();
  private TrainJob trainJob =
      job -> {
        trained.add(job);
        return 0;
      };

  @TempDir Path folder;

  private int run(String... arguments) {
    return Cli.of(
            new TrainCommand(job -> trainJob.run(job), () -> new HostMemory(1L << 32, 1L << 32)),
            new GenerateCommand((request, writer) -> generated.add(request) && !interrupted),
            new ServeCommand((request, writer) -> served.add(request)),
            new EvalCommand(request -> EvalResults.everything()),
            new DoctorCommand(),
            new BenchCommand((request, writer) -> measured.add(request)))
        .writingTo(new PrintWriter(out), new PrintWriter(err))
        .run(arguments);
  }

  @Test
  void trainTakesAFileAndSettings() throws IOException {
    Path file = folder.resolve("job.conf");
    Files.writeString(file, "train.steps = 5, seed = 2");
    assertEquals(
        0, run("train", file.toString(), "seed=3", "--from", "old", "run.name=x"), err::toString);
    JobSpec job = trained.getFirst();
    assertEquals(5, job.train().steps());
    assertEquals(3, job.seed());
    assertEquals("old", job.checkpoint().from());
    assertEquals("x", job.runName());
  }

  @Test
  void trainPassesItsExitCodeOn() {
    trainJob = job -> 130;
    assertEquals(130, run("train"));
  }

  @Test
  void aMistakeInAJobIsOneMessageAndExitCode2() {
    assertEquals(2, run("train", "train.stpes=5"));
    assertEquals(
        "troupe: command line: unknown key train.stpes; did you mean train.steps?",
        err.toString().strip());
    assertEquals(2, run("train", "a.conf", "b.conf"));
    assertTrue(err.toString().contains("two job files: a.conf and b.conf"), err::toString);
  }

  @Test
  void aModelThatDoesNotFitIsRefusedBeforeTraining() {
    assertEquals(4, run("train", "model.preset=llama-7b"));
    assertTrue(err.toString().contains("not enough memory"), err::toString);
    assertTrue(trained.isEmpty());
  }

  @Test
  void everyKindOfFailureHasItsExitCode() {
    trainJob =
        job -> {
          throw new CompletionException(TroupeException.data("x.idx is cut off"));
        };
    assertEquals(3, run("train"));
    assertEquals("troupe: x.idx is cut off", err.toString().strip());
    trainJob =
        job -> {
          throw new OutOfMemoryError("Java heap space");
        };
    assertEquals(4, run("train"));
    assertTrue(err.toString().contains("out of memory: Java heap space"), err::toString);
  }

  @Test
  void aDefectLeavesItsStackTraceInTheRunFolder() throws IOException {
    trainJob =
        job -> {
          throw new IllegalStateException("impossible");
        };
    assertEquals(70, run("train", "run.dir=" + folder));
    assertFalse(err.toString().contains("\tat "), err::toString);
    try (var files = Files.list(folder)) {
      Path crash = files.findFirst().orElseThrow();
      assertTrue(err.toString().contains(crash.toString()), err::toString);
      assertTrue(Files.readString(crash).contains("CliTest"));
    }
  }

  @Test
  void debugShowsTheStackTrace() {
    trainJob =
        job -> {
          throw new StackOverflowError("deep");
        };
    assertEquals(70, run("train", "--debug"));
    assertTrue(err.toString().contains("deep"), err::toString);
    assertTrue(err.toString().contains("\tat "), err::toString);
  }

  @Test
  void generateHasTheContractsOptions() {
    assertEquals(
        0,
        run(
            "generate",
            "--checkpoint",
            "c",
            "--prompt",
            "Hello",
            "--max-tokens",
            "7",
            "--temperature",
            "0",
            "--top-p",
            "0.5",
            "--top-k",
            "3",
            "--seed",
            "9"),
        err::toString);
    assertEquals(
        new GenerateJob.Request(
            Path.of("c"),
            1,
            8,
            new GenerateJob.Prompts.One("Hello"),
            new GenerateJob.Texts(7, 0, 0.5, 3, 9, 1, List.of()),
            new GenerateJob.Output(false, true, null)),
        generated.getFirst());
  }

  @Test
  void generateTakesManyPromptsAndGivesJsonLines() {
    assertEquals(
        0,
        run(
            "generate",
            "--checkpoint=c",
            "--prompts=in.txt",
            "--out=out.jsonl",
            "--num=3",
            "--batch=16",
            "--tp=2",
            "--stop=.",
            "--stop= The",
            "--echo"),
        err::toString);
    GenerateJob.Request request = generated.getFirst();
    assertEquals(new GenerateJob.Prompts.Listed(Path.of("in.txt")), request.prompts());
    assertEquals(new GenerateJob.Output(true, true, Path.of("out.jsonl")), request.output());
    assertEquals(3, request.texts().samples());
    assertEquals(List.of(".", " The"), request.texts().stops());
    assertEquals(16, request.batch());
    assertEquals(2, request.tp());
  }

  @ParameterizedTest
  @CsvSource({
    "--prompt=p, false, true",
    "--prompt=p --no-echo, false, false",
    "--prompt=p --json, true, false",
    "--prompt=p --json --echo, true, true",
    "--prompt=p --num=2, true, false",
    "--prompts=f, true, false"
  })
  void generateEchoesThePromptUnlessItIsAFieldOfItsOwn(
      String options, boolean lines, boolean echo) {
    List<String> words = new ArrayList<>(List.of("generate", "--checkpoint=c"));
    words.addAll(List.of(options.split(" ", -1)));
    assertEquals(0, run(words.toArray(String[]::new)), err::toString);
    assertEquals(new GenerateJob.Output(lines, echo, null), generated.getFirst().output());
  }

  @Test
  void generateEndsAsAShellExpectsWhenItIsInterrupted() {
    interrupted = true;
    assertEquals(130, run("generate", "--checkpoint=c", "--prompt=p"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--max-tokens 0",
        "--temperature -1",
        "--temperature NaN",
        "--top-p 0",
        "--top-p 1.1",
        "--top-k -1",
        "--num 0",
        "--stop ",
        "--batch 0",
        "--batch 513",
        "--tp 0",
        "--prompts f",
        "--max-tokens x",
        "--unknown 1"
      })
  void generateRefusesWhatItCannotDo(String option) {
    String[] words = option.split(" ", -1);
    assertEquals(2, run("generate", "--checkpoint", "c", "--prompt", "p", words[0], words[1]));
    assertTrue(err.toString().contains(words[0]), err::toString);
    assertTrue(generated.isEmpty());
  }

  @Test
  void generateNeedsAPrompt() {
    assertEquals(2, run("generate", "--checkpoint", "c"));
    assertTrue(err.toString().contains("--prompt"), err::toString);
    assertEquals(2, run("generate", "--checkpoint", "c", "--prompt", ""));
  }

  @Test
  void servePassesOnWhatItWasGiven() {
    assertEquals(
        0,
        run(
            "serve",
            "--checkpoint=c",
            "--host=::1",
            "--port=0",
            "--token-file=t",
            "--tp=2",
            "--batch=3",
            "--queue=4"),
        err::toString);
    assertEquals(0, run("serve", "--checkpoint=c"), err::toString);
    assertEquals(
        List.of(
            new ServeJob.Request(Path.of("c"), "::1", 0, Path.of("t"), 2, 3, 4),
            new ServeJob.Request(Path.of("c"), "127.0.0.1", 8000, null, 1, 8, 256)),
        served);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--port=65536", "--port=-1", "--tp=0", "--batch=0", "--queue=0"})
  void serveRefusesWhatItCannotDo(String option) {
    assertEquals(2, run("serve", "--checkpoint=c", option));
    assertTrue(err.toString().contains(option.replace('=', ' ')), err::toString);
    assertTrue(served.isEmpty());
  }

  @Test
  void benchHasFiveParts() {
    assertEquals(
        0,
        run(
            "bench",
            "step",
            "--size",
            "large",
            "--precision",
            "bf16",
            "--tp",
            "2",
            "--rounds",
            "2",
            "--no-peer",
            "--document-mask",
            "--python",
            "py"));
    assertEquals(0, run("bench", "gemm", "-m", "3"));
    assertEquals(
        0, run("bench", "allreduce", "--mode", "shared", "--bytes", "64,128", "--python", "py"));
    assertEquals(0, run("bench", "kernels", "--filter", "rms"));
    assertEquals(0, run("bench", "control", "--ranks-per-node", "8"));
    assertEquals(0, run("bench", "control", "--nodes", "3"));
    assertEquals(
        List.of(
            new BenchJob.Step(
                BenchJob.Size.LARGE, Precision.BF16, 2, 1, 5, 30, 2, false, "py", false, true),
            new BenchJob.Gemm(3, 512, 512, Precision.FP32),
            new BenchJob.AllReduce(
                List.of(BenchJob.AllReduceMode.SHARED),
                List.of(2, 4),
                List.of(64L, 128L),
                20_000,
                List.of("127.0.0.1"),
                "",
                true,
                "py"),
            new BenchJob.Kernels("rms"),
            new BenchJob.Control(1, 8, 5000),
            new BenchJob.Control(3, 4, 200)),
        measured);
    assertEquals(2, run("bench", "gemm", "-k", "0"));
    assertEquals(2, run("bench", "allreduce", "--bytes", "6"));
    assertEquals(2, run("bench"));
    assertEquals(6, measured.size());
  }

  @Test
  void doctorPrintsJson() {
    assertEquals(0, run("doctor", "--json"));
    JsonObject json = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertTrue(json.get("java").getAsString().startsWith("25"));
    assertTrue(json.getAsJsonObject("cpu").get("cores").getAsInt() >= 1);
    assertTrue(json.get("memoryAvailable").getAsLong() <= json.get("memoryTotal").getAsLong());
    JsonObject cuda = json.getAsJsonObject("cuda");
    assertTrue(cuda.getAsJsonObject("libraries").has("libnccl"));
    assertTrue(cuda.has("gpus"));
    assertTrue(json.has("oneDnn"));
  }

  @Test
  void doctorPrintsText() {
    assertEquals(0, run("doctor"));
    for (String word : List.of("Java", "CPU", "memory", "disk", "oneDNN", "libcuda", "libnccl")) {
      assertTrue(out.toString().contains(word), out::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "generate", "serve", "eval", "doctor", "bench"})
  void everyVerbTeaches(String verb) {
    assertEquals(0, run("--help"));
    assertTrue(out.toString().contains(verb), out::toString);
    out.getBuffer().setLength(0);
    assertEquals(0, run(verb, "--help"));
    assertTrue(out.toString().contains("troupe " + verb), out::toString);
  }

  @Test
  void versionNamesJava() {
    assertEquals(0, run("--version"));
    assertTrue(out.toString().contains("Java 25"), out::toString);
  }

  @Test
  void aMisspeltVerbIsSuggested() {
    assertEquals(2, run("trian"));
    assertTrue(err.toString().contains("train"), err::toString);
    assertEquals(2, run());
    assertTrue(err.toString().contains("no verb"), err::toString);
  }
}
